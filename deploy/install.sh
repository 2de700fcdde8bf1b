#!/bin/sh
# 安装离线包（不联网）：sh install.sh [虚拟环境的目录，默认 /opt/risk_screen/.venv]。环境变量 PYTHON 指定用哪个 Python。
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv=${1:-/opt/risk_screen/.venv}
python=${PYTHON:-python3}

cd "$here"
if ! sha256sum --check --strict --quiet SHA256SUMS; then
  echo "离线包不完整或被改动过：请重新拷贝，没有安装任何东西。" >&2
  exit 2
fi
found=$("$python" -c 'import sys, sysconfig; print(f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()}")')
if [ "$found" != "$(cat python-version)" ]; then
  echo "这个离线包是给 Python $(cat python-version) 做的，这里是 $found：请用环境变量 PYTHON 指定，或在同样的系统上重做离线包。" >&2
  exit 2
fi
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --no-deps --require-hashes -r requirements.txt
"$venv/bin/python" -m pip check --quiet --disable-pip-version-check
"$venv/bin/risk-screen" --version
echo "装好了：$venv/bin/risk-screen。接下来照 docs/operations.md 配置；systemd 和反向代理的例子在 deploy/。"
