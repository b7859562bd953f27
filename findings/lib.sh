# SPDX-License-Identifier: GPL-2.0
# What the scripts of this folder share; each reads it with ". lib.sh".
# shellcheck shell=sh
set -eu
export LC_ALL=C

: "${qemu_pin:=1:7.2+dfsg-7+deb12u18+b3}"	# of qemu-system-x86
: "${boot_limit:=170}"				# seconds until a guest is given up

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
mkdir "$work/cache" "$work/root" "$work/host"
: > "$work/status"
failed=0

cannot()		# for want of something: neither seen nor gone
{
	echo "CANNOT RUN: $*" >&2
	exit 2
}

# closure DIR PACKAGE=VERSION...: these packages and all that they depend on, unpacked in DIR.
# An empty list of installed packages makes apt name every one of them.
closure()
{
	dir=$1
	shift
	rm -rf "$work/cache" && mkdir -p "$work/cache/partial"
	apt-get -qq -y --no-install-recommends --download-only -o APT::Sandbox::User=root \
		-o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/cache" \
		install "$@" > "$work/apt" 2>&1 ||
		cannot "apt-get cannot get $* ($(grep -m 1 '^E:' "$work/apt" || echo 'no reason given'))"
	unpack "$dir" "$work"/cache/*.deb
}

# unpack DIR FILE.deb...: with /bin, /sbin and /lib links into /usr
unpack()
{
	dir=$1
	shift
	for d in bin sbin lib lib64; do
		mkdir -p "$dir/usr/$d"
		[ -e "$dir/$d" ] || ln -s "usr/$d" "$dir/$d"
	done
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir" \
			--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale \
			--exclude='./usr/lib/*/gconv'
	done
}

# kernel PACKAGE=VERSION: its image is then $kernel, its modules are below $work/kernel
kernel()
{
	mkdir -p "$work/kernel"
	(cd "$work/kernel" && apt-get -qq -o APT::Sandbox::User=root download "$1" > /dev/null 2>&1) ||
		cannot "apt-get cannot download $1"
	dpkg-deb -x "$work"/kernel/*.deb "$work/kernel"
	kernel=$(echo "$work"/kernel/boot/vmlinuz-*)
}

# host_qemu: unpacks QEMU and its libraries; qemu() then runs that, not the machine's own
host_qemu()
{
	[ -e "$work/host/usr" ] || closure "$work/host" "qemu-system-x86=$qemu_pin"
}

qemu()
{
	lib=$work/host/usr/lib/x86_64-linux-gnu
	QEMU_MODULE_DIR=$lib/qemu timeout "$boot_limit" "$work/host/lib64/ld-linux-x86-64.so.2" \
		--library-path "$lib:$lib/pulseaudio:$work/host/usr/lib" \
		"$work/host/usr/bin/qemu-system-x86_64" -L "$work/host/usr/share/qemu" \
		-L "$work/host/usr/share/seabios" -nodefaults -no-user-config -display none \
		-accel tcg,thread=multi "$@"
}

# initramfs: of $work/root, busybox and the job on standard input, as $work/initramfs
initramfs()
{
	closure "$work/root" busybox-static=1:1.35.0-4+deb12u1+b1 dash=0.5.12-2
	root=$work/root
	mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/busybox"
	for tool in mount umount poweroff sleep dmesg insmod mkfifo ifconfig wget grep sed cat cut \
		head tail sort tr awk stat xz wc seq ls mkdir true; do
		ln -sf ../usr/bin/busybox "$root/busybox/$tool"
	done
	cat > "$root/job"
	cat > "$root/init" <<-'EOF'
		#!/bin/dash
		# Tools of packages first, busybox for what they do not have.
		export PATH=/usr/sbin:/usr/bin:/busybox LC_ALL=C cpu=/sys/devices/system/cpu
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		mount -t tmpfs tmp /tmp
		mount -t tracefs trace /sys/kernel/tracing
		echo 1 > /proc/sys/kernel/printk
		echo @@begin
		dash /job 2>&1
		echo @@end
		poweroff -f
	EOF
	chmod +x "$root/init"
	(cd "$root" && find . | "$root/usr/bin/busybox" cpio -o -H newc 2> /dev/null) > "$work/initramfs"
}

# guest: boots $kernel and runs the job on standard input; what it prints is in $work/out. Four
# CPUs as two cores of two threads unless $smp says otherwise; $model is QEMU's -cpu, $append
# more for the kernel's command line.
guest()
{
	host_qemu
	initramfs
	# shellcheck disable=SC2086 # $monitor is a list of options
	qemu -cpu "${model:-max,vendor=GenuineIntel}" -smp "${smp:-4,sockets=1,cores=2,threads=2}" -m 1G \
		-kernel "$kernel" -initrd "$work/initramfs" -no-reboot -serial stdio \
		-append "console=ttyS0 quiet panic=-1 tsc=reliable ${append:-}" ${monitor:-} \
		< /dev/null > "$work/serial" 2> "$work/stderr" || :
	tr -d '\r' < "$work/serial" | sed -n '/@@begin/,/@@end/p' > "$work/all"
	grep -q '^@@end' "$work/all" || {
		tail -n 20 "$work/serial" "$work/stderr" >&2
		cannot "the guest did not end its job within $boot_limit seconds"
	}
	sed '/@@begin/d; /^@@end/d' "$work/all" > "$work/out"
	cat "$work/out"
}

# with_qmp: the next guest has a QMP monitor; for each line "MARKER COMMAND" on standard input,
# COMMAND is said there once MARKER is on the guest's console. The answers are in $work/qmp.
with_qmp()
{
	mkfifo "$work/monitor.in" "$work/monitor.out"
	: > "$work/serial"
	cat "$work/monitor.out" > "$work/qmp" &
	cat > "$work/commands"
	while read -r marker command; do
		tries=0
		until grep -q "$marker" "$work/serial" || [ "$tries" -ge "$boot_limit" ]; do
			sleep 1
			tries=$((tries + 1))
		done
		echo "$command"
		sleep 1
	done < "$work/commands" > "$work/monitor.in" &
	monitor="-chardev pipe,id=monitor,path=$work/monitor -mon chardev=monitor,mode=control"
}

# value NAME: the rest of the line "NAME: ..." that a job printed
value()
{
	sed -n "s/^$1: *//p" "$work/out"
}

# expect WHAT SEEN BEFORE: SEEN is today's, BEFORE what this folder says
expect()
{
	if [ "$2" = "$3" ]; then
		echo "as described: $1: $2"
	else
		echo "CHANGED: $1: '$2' and not '$3'"
		failed=1
	fi
}

# expect_true WHAT COMMAND...: for what is not one fixed text
expect_true()
{
	what=$1
	shift
	if "$@"; then
		echo "as described: $what"
	else
		echo "CHANGED: not so any more: $what"
		failed=1
	fi
}

finish()
{
	exit "$failed"
}
