#!/usr/bin/env bash
# The shape of the package, and that its program runs from where it was unpacked, with its own plots. scripts/try-package
# installs it. Arguments: the package, a scratch folder, the source folder.
set -euo pipefail
deb=$(realpath "$1") scratch=$2 src=$3
fail() { echo "FAILED: $*"; exit 1; }
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch"

[ "$(dpkg-deb -f "$deb" Package Version | wc -l)" -eq 2 ] || fail "no name or no version"
needs=$(dpkg-deb -f "$deb" Depends)
for package in gnuplot-nox libbenchmark libc6 libcsv libhwloc libjansson; do
  grep -qE "(^| )$package" <<<"$needs" || fail "it does not depend on $package: $needs"
done
! grep -qE 'mpi' <<<"$needs" || fail "it depends on an MPI, which is for those who have one: $needs"
grep -q openmpi-bin <<<"$(dpkg-deb -f "$deb" Suggests)" || fail "it does not suggest an MPI"
foreign=$(dpkg-deb -c "$deb" | awk '$2 != "root/root" || $6 !~ /^\.\/(usr\/.*)?$/')
[ -z "$foreign" ] || fail "not root's, or not below /usr: $foreign"

dpkg-deb -x "$deb" tree
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
for file in bin/pvt include/pvt/kernel.h include/pvt/pool.h "lib/$multiarch/libpvtpool.so.0" "lib/$multiarch/pkgconfig/pvt-kernel.pc" \
  "lib/$multiarch/pvt/pvt-cell" "lib/$multiarch/pvt/pvt-cell-dynamic" share/bash-completion/completions/pvt share/zsh/vendor-completions/_pvt share/pvt/plots/speedup.gp \
  share/doc/pvt/copyright share/doc/pvt/changelog.gz; do
  [ -e "tree/usr/$file" ] || fail "there is no $file"
done
for page in "$src"/docs/man/*; do
  name=${page##*/}
  gzip -dc "tree/usr/share/man/man${name##*.}/$name.gz" | cmp -s - "$page" || fail "there is no $name.gz"
done
found=$(grep -rlF "$src" tree || true)
[ -z "$found" ] || fail "they name the source folder: $found"
! readelf -S tree/usr/bin/pvt | grep -q '\.debug_info' || fail "it is not stripped"

tree/usr/bin/pvt run --kernel cube --size small --repetitions 2 --invocations 2 --min-time 1ms --out run >run.txt 2>&1 ||
  { cat run.txt; fail "it does not run"; }
[ -s run/plots/speedup.png ] || fail "it has drawn no plots"
! grep -q -- -march run/env.json || fail "it is built for one processor"
# The modules for the MPI libraries that are here, found from where they were unpacked.
for mpi in openmpi:ompi-c:mpirun.openmpi mpich:mpich:mpiexec.mpich; do
  IFS=: read -r name package launcher <<<"$mpi"
  pkg-config --exists "$package" || continue
  [ -e "tree/usr/lib/$multiarch/pvt/mpi-$name.so" ] || fail "there is no module for $name"
  command -v "$launcher" >/dev/null || continue
  tree/usr/bin/pvt run --runner mpi --mpirun "$launcher" --kernel primes --size small --workers 2 --repetitions 1 --min-time 1ms --csv - \
    >"$name.csv" 2>"$name.txt" || { cat "$name.txt"; fail "no ranks of $name"; }
  grep -q ',mpi,2,.*,ok,' "$name.csv" || { cat "$name.csv" "$name.txt"; fail "no sample of $name"; }
done
mv tree/usr/share/pvt tree/usr/share/away
! tree/usr/bin/pvt report run >/dev/null 2>&1 || fail "it takes its plots from elsewhere"
echo "$(basename "$deb"): the shape is right"
