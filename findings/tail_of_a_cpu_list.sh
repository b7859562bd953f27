#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: the CPU lists below topology/ claim 28,672
# bytes (for 8,192 CPUs), hold 4, and answer a read past their end with "Operation not
# permitted" instead of nothing. cat reads them; tail, tac and wc of coreutils 9.1, which look
# at the end of a large file first, fail, and wc prints the number 24582 besides. The file
# "online" one folder up, of 4,096 bytes, has none of this.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" coreutils=9.1-1
guest <<'EOF'
list=$cpu/cpu0/topology/core_cpus_list
echo "size: $(stat -c %s $list)"
echo "cat: $(cat $list)"
echo "tail: $(tail -n 1 $list 2>&1)"
echo "tac: $(tac $list 2>&1)"
echo "wc: $(wc -c $list 2>&1 | sed "s,$list,LIST,; s,$list,LIST," | tr '\n' ' ')"
echo "online: $(tail -n 1 $cpu/online) $(wc -c < $cpu/online)"
EOF

expect "size of core_cpus_list" "$(value size)" 28672
expect "cat" "$(value cat)" 0-1
expect_true "tail: Operation not permitted" sh -c "echo '$(value tail | tr -d "'")' | grep -q 'not permitted'"
expect_true "tac: Operation not permitted" sh -c "echo '$(value tac | tr -d "'")' | grep -q 'not permitted'"
expect "wc -c" "$(value wc)" "wc: LIST: Operation not permitted 24582 LIST "
expect "tail and wc of the file online" "$(value online)" "0-3 4"
finish
