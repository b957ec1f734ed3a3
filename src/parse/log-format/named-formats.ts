/** Both servers write the same bytes; the second field is a dash in nginx and `%l` in Apache. */
const common = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent';
const combined = `${common} "$http_referer" "$http_user_agent"`;
const withAllBytes = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';

/** Formats by the names that servers, their packages and guides use. */
export const namedFormats: Readonly<Record<string, string>> = {
  common,
  combined,
  /** Packages and images of nginx, and RHEL. */
  main: `${combined} "$http_x_forwarded_for"`,
  /** Debian's `combined` of Apache: `%O` in place of `%b`. */
  debian_combined: withAllBytes,
  /** Debian's other_vhosts_access.log. */
  vhost_combined: `%v:%p ${withAllBytes}`,
  /** The default httpd.conf: bytes received and sent at the end. */
  combinedio: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
  /** ssl_request_log of RHEL and of the default httpd.conf; it has no status. */
  ssl_request: '%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b',
  /** The default of ingress-nginx. */
  upstreaminfo: `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id`,
};
