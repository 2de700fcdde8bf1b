#!/bin/sh
# Install nginx for the test of the reverse-proxy example where we may; otherwise say so and go on.
if command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing nginx for the test of the reverse proxy ..."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light; } \
      >/dev/null 2>&1 || echo "could not install it"
fi
[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null 2>&1 || echo "NOT RUN: nginx (needs nginx)"
exit 0
