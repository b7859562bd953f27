# SPDX-License-Identifier: GPL-2.0
# Draws what lab/lab bench has measured: -e "data='FILE'; picture='FILE'".
set terminal svg size 900,640 font "sans,13" background "white"
set output picture
set multiplot layout 2,2 title "Time of one operation, stock Linux 6.12 and lockstep (QEMU TCG, 2 host cores)"
set logscale xy 2
set logscale y 10
set grid
set xlabel "CPUs of the guest"
set ylabel "seconds"
set format y "%g"
set xrange [*:*] noextend
set key top left
what = "'SMT off' 'SMT on' 'all but one off' 'back on'"
do for [i = 1:4] {
	set title word(what, i)
	plot data index i - 1 using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb "#c0392b" title "stock", \
	     data index i - 1 using 1:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb "#1f77b4" title "lockstep"
}
unset multiplot
