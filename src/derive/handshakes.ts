/** SYN, SYN-ACK and ACK. TLS adds more, depending on its version. */
const packetsPerHandshake = 3;

export interface HandshakeQuestion {
  /** Of all clients together. */
  readonly requestsPerSecond: number;
  readonly clients: number;
  /** How long each client keeps a connection before it opens the next one. */
  readonly connectionSeconds: number;
}

export interface HandshakeFigures extends HandshakeQuestion {
  readonly packetsPerMinuteWithoutKeepalive: number;
  readonly packetsPerMinuteWithKeepalive: number;
}

/** TCP handshake packets a minute: with a connection for each request, and with one kept by each client. */
export function handshakesOf(question: HandshakeQuestion): HandshakeFigures {
  const { requestsPerSecond, clients, connectionSeconds } = question;
  // No more connections are opened than there are requests.
  const kept = Math.min(clients / connectionSeconds, requestsPerSecond);
  return {
    ...question,
    packetsPerMinuteWithoutKeepalive: requestsPerSecond * 60 * packetsPerHandshake,
    packetsPerMinuteWithKeepalive: kept * 60 * packetsPerHandshake,
  };
}
