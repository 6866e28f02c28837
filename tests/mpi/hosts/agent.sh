#!/bin/sh
# A remote shell to the hosts of a laboratory (hosts.py copies it into the laboratory's folder): agent [OPTIONS] HOST COMMAND…
# As ssh, it gives the other side one string for a shell in the home directory, nothing of its environment, and is a process
# on this side: who kills it does not reach what runs there. Reading a FIFO that nobody writes is how it waits for ever.
lab=$(dirname "$0")
while :; do
  case $1 in
    -[bcDEeFIiJLlmOopQRSWw]) shift 2 ;;
    -*) shift ;;
    *) break ;;
  esac
done
host=${1#*@}
shift
[ -e "$lab/$host/enter" ] || { echo "agent: there is no host '$host'" >&2; exit 255; }
for state in "$host/silent" "$host/cut" "$(uname -n)/cut"; do
  [ ! -e "$lab/$state" ] || { read -r _ <"$lab/never"; exit 255; }
done
. "$lab/$host/enter"
exec setsid --fork --wait nsenter --target "$pid" --net --uts --ipc --mount taskset -c "$cpus" \
  env -i HOME="$HOME" USER=root LOGNAME=root SHELL=/bin/sh PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TMPDIR="$lab/$host/tmp" \
  sh -c 'cd && exec sh -c "$1"' sh "$*"
