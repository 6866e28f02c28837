#!/usr/bin/env bash
# scripts/slurm without Slurm: scontrol, srun and pvt are made up, and say what they were asked. The job file names the nodes
# of its allocation to pvt, and refuses where they have not all the same program. Arguments: a scratch folder, the source folder.
set -u
scratch=$1 script=$2/scripts/slurm
failed=0
fail() { echo "FAILED: $*"; failed=1; }
rm -rf "$scratch" && mkdir -p "$scratch/bin" && cd "$scratch" || exit 2

cat >bin/pvt <<'END'
#!/bin/sh
echo "pvt $*"
echo $$ >pid
exit ${PVT_ENDS:-0}
END
cat >bin/scontrol <<'END'
#!/bin/sh
[ "$*" = "show hostnames n[1-2]" ] || exit 1
printf 'n1\nn2\n'
END
# What each node answers is $SAYS; without it, what its shell prints, on two nodes of these names.
cat >bin/srun <<'END'
#!/bin/sh
case $* in "--mpi=none --nodes=2 --ntasks=2 --ntasks-per-node=1 sh -c "*) ;; *) echo "srun: $*" >&2; exit 1 ;; esac
shift 4
[ -z "${SAYS+x}" ] || { printf "$SAYS"; exit ${SRUN_ENDS:-0}; }
for node in n2 n1; do "$@" | sed "s/ .*/ $node/"; done
END
chmod +x bin/*
export PATH="$scratch/bin:$PATH"
unset PVT RANKS RUN_ARGS OUT SLURM_JOB_NODELIST SLURM_JOB_ID

gives() { # gives CODE TEXT [NAME=VALUE…]: how it ends, and a line that it prints
  local code=$1 text=$2 got
  shift 2
  got=$(env SLURM_JOB_NODELIST='n[1-2]' SLURM_JOB_ID=7 "$@" bash "$script" 2>&1)
  if [ $? -ne "$code" ] || ! grep -qxF -- "$text" <<<"$got"; then fail "$*: '$text' and $code were wanted, not: $got"; fi
}
gives 0 "pvt run --hosts n1,n2 --out results/slurm-7 --suite scale,weak"
gives 0 "pvt run --hosts n1:8,n2:8 --out there --runner mpi --size 64K" RANKS=8 OUT=there RUN_ARGS="--runner  mpi --size 64K"
gives 130 "pvt run --hosts n1,n2 --out results/slurm-7 --suite scale,weak" PVT_ENDS=130
gives 2 "slurm: RANKS: '0x' is no number of ranks" RANKS=0x
gives 2 "slurm: there is no pvt at 'away/pvt'; name it in PVT" PVT=away/pvt
gives 2 "slurm: scontrol cannot tell the nodes of 'm1'" SLURM_JOB_NODELIST=m1
gives 2 "slurm: '$scratch/bin/pvt' is not the same file on all nodes; install one build on all of them:" SAYS='aa n1\nbb n2\n'
gives 2 "bb n2" SAYS='aa n1\nbb n2\n'
gives 2 "slurm: not every node has answered: aa n1" SAYS='aa n1\n'
gives 2 "slurm: '$scratch/bin/pvt' cannot be read on every node" SAYS='aa n1\naa n2\n' SRUN_ENDS=1
got=$(bash "$script" 2>&1)
if [ $? -ne 2 ] || ! grep -q "there is no allocation" <<<"$got"; then fail "without an allocation: $got"; fi
env SLURM_JOB_NODELIST='n[1-2]' SLURM_JOB_ID=7 bash "$script" >/dev/null 2>&1 &
wait
[ "$(cat pid)" = $! ] || fail "Slurm's signals do not reach pvt: it is not in the place of the shell"
mkdir build && mv bin/pvt build
gives 0 "pvt run --hosts n1,n2 --out results/slurm-7 --suite scale,weak"
exit $failed
