/** Both servers write the same bytes; the second field is a dash in nginx and `%l` in Apache. */
const common = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent';
const combined = `${common} "$http_referer" "$http_user_agent"`;
const withAllBytes = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';

/** Formats by the name under which the servers, their packages and keep-alive guides know them. */
export const namedFormats: Readonly<Record<string, string>> = {
  common,
  combined,
  /** nginx's packages and images, also RHEL's. */
  main: `${combined} "$http_x_forwarded_for"`,
  /** Debian's `combined` of Apache: `%O` in place of `%b`. */
  debian_combined: withAllBytes,
  /** Debian's other_vhosts_access.log. */
  vhost_combined: `%v:%p ${withAllBytes}`,
  /** httpd.conf as delivered: bytes received and sent at the end. */
  combinedio: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
  /** ssl_request_log of RHEL and of httpd.conf as delivered; it has no status. */
  ssl_request: '%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b',
  /** ingress-nginx, its default. */
  upstreaminfo: `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id`,
};
