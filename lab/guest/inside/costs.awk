# SPDX-License-Identifier: GPL-2.0
# The steps that ran, from debugfs cpuhp/steps: tabs between columns, names in line 1.

function value(name)
{
	return $(column[name])
}

function mean(dir)
{
	return value(dir "-count") ? value(dir "-total-us") / value(dir "-count") : 0
}

NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	printf "  %5s %-24s %6s %9s %9s %7s %9s %9s\n", "state", "step", "ups", "mean us",
	       "max us", "downs", "mean us", "max us"
	next
}
value("up-count") + value("down-count") {
	printf "  %5d %-24s %6d %9d %9d %7d %9d %9d\n", value("state"), value("name"),
	       value("up-count"), mean("up"), value("up-max-us"), value("down-count"),
	       mean("down"), value("down-max-us")
}
