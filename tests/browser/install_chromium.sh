#!/bin/sh
# Install Chromium and a Chinese font for the browser tests where we may; otherwise say so and go on.
if command -v chromium >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing Chromium and a Chinese font for the browser tests ..."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-noto-cjk fontconfig; } >/dev/null 2>&1 || echo "could not install them"
fi
command -v chromium >/dev/null 2>&1 || echo "NOT RUN: browser (needs chromium)"
exit 0
