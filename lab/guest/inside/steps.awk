# SPDX-License-Identifier: GPL-2.0
# Tables of hotplug steps from traces of the cpuhp events.
#
# awk -v cpu=N -f steps.awk STATES DOWN UP	the two walks side by side, per step
# awk -v cpu=N -v order=1 -f steps.awk STATES WALK	one walk in the order it ran

function stamp(   i)
{
	for (i = 1; i <= NF; i++)
		if ($i ~ /^[0-9]+\.[0-9]+:$/)
			return $i + 0
}

function field(name,   i)
{
	for (i = 1; i < NF; i++)
		if ($i == name)
			return $(i + 1) + 0
}

function us(seconds)
{
	return sprintf("%d us", seconds * 1000000)
}

# The callback stands in brackets at the end; one that is not there prints as 0x0.
function callback(   text)
{
	text = $NF
	gsub(/[()]/, "", text)
	return text
}

function cell(walk, step)
{
	if (!((walk, step) in runs))
		return sprintf("%-30s %11s", "", "")
	return sprintf("%-30s %8d us", names[walk, step] \
		(runs[walk, step] > 1 ? " x" runs[walk, step] : ""), took[walk, step] * 1000000)
}

function trimmed(text)
{
	sub(/ +$/, "", text)
	return text
}

FNR == 1 { file++ }
file == 1 {
	split($0, part, ": ")
	state_name[part[1] + 0] = part[2]
	if (part[1] + 0 > highest)
		highest = part[1] + 0
	next
}
/tracing_mark_write: begin/ { began[file] = stamp() }
/tracing_mark_write: end/ { total[file] = stamp() - began[file] }
/cpuhp_(multi_)?enter:/ {
	step = field("step:")
	started[step] = stamp()
	called = callback()
	names[file, step] = called
	if (order)
		sequence[++count] = step
	sequence_name[count] = called
}
/cpuhp_exit:/ {
	step = field("step:")
	took[file, step] += stamp() - started[step]
	runs[file, step]++
	if (step > highest)
		highest = step
	for (i = count; i > 0; i--)
		if (sequence[i] == step && !(i in sequence_took)) {
			sequence_took[i] = stamp() - started[step]
			sequence_ret[i] = field("ret:")
			break
		}
}

END {
	if (order) {
		for (i = 1; i <= count; i++)
			printf "    %3d %-30s %-32s %8d us%s\n", sequence[i],
			       state_name[sequence[i]], sequence_name[i],
			       sequence_took[i] * 1000000,
			       sequence_ret[i] ? "   failed: " sequence_ret[i] : ""
		exit
	}
	printf "CPU %d: down %s, up %s\n", cpu, us(total[2]), us(total[3])
	printf "  %5s %-27s %-42s  %s\n", "state", "step", "going down (read downwards)",
	       "coming up (read upwards)"
	for (step = highest; step >= 0; step--)
		if (((2, step) in runs) || ((3, step) in runs))
			print trimmed(sprintf("  %5d %-27s %s  %s", step, state_name[step],
					      cell(2, step), cell(3, step)))
}
