/**
 * Formats by the name under which the servers, their packages and keep-alive guides know them. `combined` and `common`
 * mean the same bytes in both servers; nginx's spelling is used.
 */
export const namedFormats: Readonly<Record<string, string>> = {
  common: '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent',
  combined:
    '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
  vhost_combined:
    '$server_name:$server_port $remote_addr $ident $remote_user [$time_local] "$request" $status $bytes_sent "$http_referer" "$http_user_agent"',
  main: '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"',
};
