#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's psutil 5.9.4: Process.cpu_affinity([]), which by its documentation allows all
# eligible CPUs again, allows two of three when CPU 2 of four is offline: a process that was
# pinned to CPU 3 loses that very CPU. psutil takes the first range of Cpus_allowed_list in
# /proc/PID/status, which is the pin itself, and where there is no range numbers from 0 as many
# CPUs as are online. With all CPUs online a pin to 1 and 3 is taken away, a pin to 1-2 stays.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" python3-psutil=5.9.4-1+b1 python3.11-minimal=3.11.2-6+deb12u9
cat > "$work/root/reset.py" <<'EOT'
import os, psutil, sys
own = psutil.Process()
def line(name, pin):
    own.cpu_affinity(pin)
    own.cpu_affinity([])
    print(name + ":", *own.cpu_affinity())
    os.sched_setaffinity(0, range(4))
if sys.argv[1] == "online":
    line("online 1 and 3", [1, 3])
    line("online 1 and 2", [1, 2])
else:
    print("kernel:", *os.sched_getaffinity(0))
    line("offline 3", [3])
    line("offline 0 and 3", [0, 3])
EOT
guest <<'EOT'
python3.11 /reset.py online
echo 0 > $cpu/cpu2/online
python3.11 /reset.py offline
EOT

expect "all online, 1 and 3 and then []" "$(value "online 1 and 3")" "0 1 2 3"
expect "all online, 1 and 2 and then []" "$(value "online 1 and 2")" "1 2"
expect "what the kernel allows with CPU 2 offline" "$(value kernel)" "0 1 3"
expect "CPU 2 offline, 3 and then []" "$(value "offline 3")" "0 1"
expect "CPU 2 offline, 0 and 3 and then []" "$(value "offline 0 and 3")" "0 1"
finish
