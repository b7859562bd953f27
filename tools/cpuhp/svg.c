// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the picture: each timeline is a panel with one row per moving CPU, all
 * panels on one time axis, so that two kernels can be compared by eye. What the
 * control CPU does for a CPU lies pale behind what that CPU does itself.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"
#include "timeline.h"

#define LEFT		70	/* room for the CPU's name */
#define PLOT		1000
#define RIGHT		20
#define HEAD		26	/* title of a panel */
#define SPAN_ROW	14
#define AXIS		34
#define LEGEND		28
#define KEY		190	/* an entry of the legend */
#define ROWS_TALL	16	/* up to so many CPUs, rows are tall */
#define TALL		18
#define FLAT		7
#define MIN_WIDTH	0.3	/* a shorter slice is drawn this wide */
#define MIN_DETAIL	2	/* a slice at least this wide has an outline of its own */
#define MIN_GAP		0.5	/* narrower slices become one across a smaller gap */
#define MIN_FAILED	3	/* a shorter slice that failed is drawn this wide */
#define LETTER		5.5	/* width of a letter in a span, more or less */
#define LABEL_WIDTH	50	/* a narrower span has no text */

static const char *const lane_colour[NR_LANES] = {
	[LANE_CONTROL]	= "#c6dbef",
	[LANE_THREAD]	= "#3182bd",
	[LANE_ATOMIC]	= "#e6550d",
};

static const char *const lane_legend[NR_LANES] = {
	[LANE_CONTROL]	= "another CPU works for it",
	[LANE_THREAD]	= "its own hotplug thread",
	[LANE_ATOMIC]	= "itself, interrupts off",
};

#define FAILED_COLOUR	"#de2d26"
#define WAITING_COLOUR	"#eeeeee"

/* Between the <svg> tag and the first panel. */
static const char *const style[] = {
	"<style>",
	"text { font: 11px sans-serif; fill: #222 }",
	".title { font-weight: bold; font-size: 13px }",
	".row { text-anchor: end; font-size: 10px }",
	".tick { text-anchor: middle }",
	".light { fill: #fff; font-size: 10px }",
	".dark { font-size: 10px }",
	".batch { fill: #bdbdbd }",
	".segment { fill: #e0e0e0; stroke: #fff }",
	"line { stroke: #ddd }",
	"</style>",
	"<rect width='100%' height='100%' fill='#fff'/>",
};

struct panel {
	const struct timeline *tl;
	unsigned int *cpu;	/* row -> CPU, ascending */
	size_t nr_rows;
	double row_height;
	double scale;		/* pixels per us */
	double top;
};

static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '\n':
			fputc(' ', out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void put_text(FILE *out, double x, double y, const char *class, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	put_escaped(out, text);
	fputs("</text>\n", out);
}

static double x_of(const struct panel *p, double time)
{
	return LEFT + time * p->scale;
}

static double rows_top(const struct panel *p)
{
	return p->top + HEAD + (p->tl->nr_spans ? 2 * SPAN_ROW + 4 : 0);
}

static double panel_height(const struct panel *p)
{
	return rows_top(p) - p->top + p->nr_rows * p->row_height + AXIS;
}

static int by_value(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

static bool has_row(const struct panel *p, unsigned int cpu)
{
	for (size_t i = 0; i < p->nr_rows; i++)
		if (p->cpu[i] == cpu)
			return true;
	return false;
}

static int find_rows(struct panel *p)
{
	p->nr_rows = 0;
	p->cpu = calloc(p->tl->nr_slices + 1, sizeof(*p->cpu));
	if (!p->cpu)
		return -ENOMEM;
	for (size_t i = 0; i < p->tl->nr_slices; i++)
		if (!has_row(p, p->tl->slice[i].cpu))
			p->cpu[p->nr_rows++] = p->tl->slice[i].cpu;
	qsort(p->cpu, p->nr_rows, sizeof(*p->cpu), by_value);
	p->row_height = p->nr_rows > ROWS_TALL ? FLAT : TALL;
	return 0;
}

static double row_of(const struct panel *p, unsigned int cpu)
{
	size_t row = 0;

	while (p->cpu[row] != cpu)
		row++;
	return rows_top(p) + row * p->row_height;
}

static void put_slice(FILE *out, const struct panel *p, const struct slice *s)
{
	double x = x_of(p, s->start), width = (s->end - s->start) * p->scale;
	double y = row_of(p, s->cpu);

	fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">",
		x, y + 1, s->ret && width < MIN_FAILED ? MIN_FAILED : width, p->row_height - 2,
		s->ret ? FAILED_COLOUR : lane_colour[s->lane]);
	fprintf(out, "<title>CPU %u %s, step %d ", s->cpu, s->down ? "down" : "up", s->step);
	put_escaped(out, s->step_name);
	fputs("\n", out);
	put_escaped(out, s->callback);
	fprintf(out, "() on the %s\n%.3f ms, from %.3f to %.3f ms", lane_name[s->lane],
		(s->end - s->start) / 1e3, s->start / 1e3, s->end / 1e3);
	if (s->ret)
		fprintf(out, "\nreturned %d", s->ret);
	fprintf(out, "%s</title></rect>\n", s->open ? "\nnot finished" : "");
	if (width >= strlen(s->step_name) * LETTER + 6 && p->row_height == TALL)
		put_text(out, x + 3, y + TALL - 6,
			 s->lane == LANE_CONTROL ? "dark" : "light", s->step_name);
}

/* From its first callback to its last, a CPU is under way, if only to wait for others. */
static void put_waiting(FILE *out, const struct panel *p, size_t row)
{
	double from = -1, to = 0, y = rows_top(p) + row * p->row_height;

	for (size_t i = 0; i < p->tl->nr_slices; i++) {
		const struct slice *s = &p->tl->slice[i];

		if (s->cpu != p->cpu[row])
			continue;
		if (from < 0 || s->start < from)
			from = s->start;
		if (s->end > to)
			to = s->end;
	}
	fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		x_of(p, from), y + 1, (to - from) * p->scale, p->row_height - 2, WAITING_COLOUR);
}

static bool has_detail(const struct panel *p, const struct slice *s)
{
	return s->ret || (s->end - s->start) * p->scale >= MIN_DETAIL;
}

static void put_run(FILE *out, const struct panel *p, double y, double from, double to)
{
	fprintf(out, "M%.1f %.1fh%.1fv%.1fh-%.1fz", from, y + 1, to - from, p->row_height - 2,
		to - from);
}

/* The narrow slices of a row in one shape: there may be thousands. */
static void put_narrow(FILE *out, const struct panel *p, size_t row, enum lane lane)
{
	double y = rows_top(p) + row * p->row_height, from = 0, to = -1;

	for (size_t i = 0; i < p->tl->nr_slices; i++) {
		const struct slice *s = &p->tl->slice[i];
		double x = x_of(p, s->start), end = x_of(p, s->end);

		if (s->cpu != p->cpu[row] || s->lane != lane || has_detail(p, s))
			continue;
		if (end < x + MIN_WIDTH)
			end = x + MIN_WIDTH;
		if (to >= 0 && x <= to + MIN_GAP) {
			to = end > to ? end : to;
			continue;
		}
		if (to >= 0)
			put_run(out, p, y, from, to);
		else
			fprintf(out, "<path fill=\"%s\" d=\"", lane_colour[lane]);
		from = x;
		to = end;
	}
	if (to < 0)
		return;
	put_run(out, p, y, from, to);
	fputs("\"/>\n", out);
}

static void put_lane(FILE *out, const struct panel *p, enum lane lane)
{
	for (size_t row = 0; row < p->nr_rows; row++)
		put_narrow(out, p, row, lane);
	for (size_t i = 0; i < p->tl->nr_slices; i++)
		if (p->tl->slice[i].lane == lane && has_detail(p, &p->tl->slice[i]))
			put_slice(out, p, &p->tl->slice[i]);
}

static void put_span(FILE *out, const struct panel *p, const struct span *s)
{
	double x = x_of(p, s->start), width = (s->end - s->start) * p->scale;
	double y = p->top + HEAD + (s->segment ? SPAN_ROW : 0);
	char label[200];

	fprintf(out, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" class=\"%s\">",
		x, y, width < MIN_WIDTH ? MIN_WIDTH : width, SPAN_ROW - 2,
		s->segment ? "segment" : "batch");
	fputs("<title>", out);
	put_escaped(out, s->text);
	fprintf(out, "\n%.3f ms</title></rect>\n", (s->end - s->start) / 1e3);
	if (width < LABEL_WIDTH)
		return;
	snprintf(label, sizeof(label), "%.*s", (int)((width - 6) / LETTER), s->text);
	put_text(out, x + 3, y + SPAN_ROW - 4, "dark", label);
}

static void put_row_names(FILE *out, const struct panel *p)
{
	size_t every = p->row_height == TALL ? 1 : 4;
	char name[24];

	for (size_t i = 0; i < p->nr_rows; i += every) {
		snprintf(name, sizeof(name), "CPU %u", p->cpu[i]);
		put_text(out, LEFT - 6, rows_top(p) + i * p->row_height + p->row_height - 1,
			 "row", name);
	}
}

/* The largest of 1, 2, 5 times a power of ten that gives at least 5 ticks. */
static double tick_distance(double length)
{
	static const double factors[] = { 5, 2, 1 };
	double power = 1e12;

	for (; power > 0.001; power /= 10)
		for (size_t i = 0; i < ARRAY_SIZE(factors); i++)
			if (length >= 5 * factors[i] * power)
				return factors[i] * power;
	return power;
}

static void put_axis(FILE *out, const struct panel *p, double length)
{
	double y = rows_top(p) + p->nr_rows * p->row_height;
	double tick = tick_distance(length);
	char text[32];

	for (double t = 0; t <= length * 1.0001; t += tick) {
		fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
			x_of(p, t), rows_top(p), x_of(p, t), y + 4);
		snprintf(text, sizeof(text), "%g ms", t / 1e3);
		put_text(out, x_of(p, t), y + 16, "tick", text);
	}
}

static void put_title(FILE *out, const struct panel *p)
{
	char *text;

	if (asprintf(&text, "%s: %zu CPUs, %.1f ms", p->tl->title, p->nr_rows,
		     timeline_length(p->tl) / 1e3) < 0)
		return;
	put_text(out, LEFT, p->top + 17, "title", text);
	free(text);
}

static void put_panel(FILE *out, const struct panel *p, double length)
{
	put_title(out, p);
	put_axis(out, p, length);
	for (size_t i = 0; i < p->tl->nr_spans; i++)
		put_span(out, p, &p->tl->span[i]);
	for (size_t row = 0; row < p->nr_rows; row++)
		put_waiting(out, p, row);
	for (int lane = 0; lane < NR_LANES; lane++)
		put_lane(out, p, lane);
	put_row_names(out, p);
}

static double put_key(FILE *out, double x, const char *colour, const char *text)
{
	fprintf(out, "<rect x=\"%.1f\" y=\"8\" width=\"12\" height=\"12\" fill=\"%s\"/>\n",
		x, colour);
	put_text(out, x + 17, 18, "dark", text);
	return x + KEY;
}

static void put_legend(FILE *out)
{
	double x = LEFT;

	for (int lane = 0; lane < NR_LANES; lane++)
		x = put_key(out, x, lane_colour[lane], lane_legend[lane]);
	x = put_key(out, x, WAITING_COLOUR, "waits, or is handed over");
	put_key(out, x, FAILED_COLOUR, "failed");
}

static void put_picture(FILE *out, const struct panel *panels, size_t nr, double length)
{
	const struct panel *last = &panels[nr - 1];

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\">\n",
		LEFT + PLOT + RIGHT, last->top + panel_height(last), LEFT + PLOT + RIGHT);
	for (size_t i = 0; i < ARRAY_SIZE(style); i++)
		fprintf(out, "%s\n", style[i]);
	put_legend(out);
	for (size_t i = 0; i < nr; i++)
		put_panel(out, &panels[i], length);
	fputs("</svg>\n", out);
}

/* Room for all of them, below each other, as long as the longest. */
static int lay_out(struct panel *panels, const struct timeline *tls, size_t nr, double length)
{
	double top = LEGEND;

	for (size_t i = 0; i < nr; i++) {
		struct panel *p = &panels[i];

		p->tl = &tls[i];
		p->scale = PLOT / length;
		p->top = top;
		if (find_rows(p))
			return -ENOMEM;
		top += panel_height(p);
	}
	return 0;
}

/**
 * svg_save - draw timelines
 * @tls:	finished timelines, top to bottom
 * @nr:		how many, at least one
 * @path:	the file
 *
 * Return: 0 or -errno
 */
int svg_save(const struct timeline *tls, size_t nr, const char *path)
{
	struct panel *panels = calloc(nr, sizeof(*panels));
	double length = 1;
	FILE *out;
	int ret;

	if (!panels)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		if (timeline_length(&tls[i]) > length)
			length = timeline_length(&tls[i]);

	ret = lay_out(panels, tls, nr, length);
	out = ret ? NULL : fopen(path, "we");
	if (!ret && !out)
		ret = -errno;
	if (out) {
		put_picture(out, panels, nr, length);
		ret = ferror(out) ? -EIO : 0;
		if (fclose(out))
			ret = -errno;
	}
	for (size_t i = 0; i < nr; i++)
		free(panels[i].cpu);
	free(panels);
	return ret;
}
