/* SPDX-License-Identifier: MIT */
/* tree: the ratchet tree drawn as text. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "mls.h"

#define DEPTH_MAX 32

struct strokes {
	const char *tee, *end, *bar, *gap;
};
static const struct strokes lines = { "├── ", "└── ", "│   ", "    " };
static const struct strokes ascii = { "|-- ", "`-- ", "|   ", "    " };

struct drawing {
	struct app *app;
	struct mls_group_info_view info;
	const struct strokes *strokes;
	const char *prefix[DEPTH_MAX];
	unsigned depth;
};

static unsigned
level(uint32_t node)
{
	unsigned k = 0;

	while ((node >> k & 1) != 0)
		k++;
	return k;
}

static void
start(const struct drawing *d, bool last)
{
	unsigned i;

	for (i = 0; i + 1 < d->depth; i++)
		fputs(d->prefix[i], stdout);
	if (d->depth > 0)
		fputs(last ? d->strokes->end : d->strokes->tee, stdout);
}

static void
key(struct mls_buf b)
{
	b.len = b.len > 4 ? 4 : b.len;
	text_hex(stdout, b);
}

static void
unmerged(struct mls_buf list)
{
	const char *before = "  unmerged: ";
	size_t i;

	for (i = 0; i + 4 <= list.len; i += 4) {
		printf("%s%lu", before, (unsigned long)list.data[i] << 24 |
		    (unsigned long)list.data[i + 1] << 16 |
		    (unsigned long)list.data[i + 2] << 8 | list.data[i + 3]);
		before = ", ";
	}
}

/* The leaves first..last are all blank. */
static bool
empty(const struct drawing *d, uint32_t first, uint32_t last)
{
	uint32_t found;

	return mls_group_next(&found, d->app->group, first) != 0 ||
	    found > last;
}

static int
draw_leaf(const struct drawing *d, uint32_t node,
    const struct mls_node_view *view)
{
	struct mls_identity member;
	uint32_t leaf = node / 2;
	int rc;

	printf("leaf %lu  ", (unsigned long)leaf);
	if (view->blank) {
		puts("blank");
		return 0;
	}
	rc = mls_group_member(&member, d->app->group, leaf);
	if (rc != 0)
		return rc;
	text_print(stdout, member.identity);
	if (leaf == d->info.own_leaf && d->info.active)
		fputs(" (you)", stdout);
	if (d->app->opt.verbose > 0) {
		fputs("  ", stdout);
		key(view->encryption_key);
	}
	puts(view->own_key ? "  *" : "");
	return 0;
}

static void
draw_parent(uint32_t node, const struct mls_node_view *view)
{
	printf("node %lu  ", (unsigned long)node);
	if (view->blank) {
		puts("blank");
		return;
	}
	key(view->encryption_key);
	fputs(view->own_key ? "  *" : "", stdout);
	unmerged(view->unmerged);
	putchar('\n');
}

/* As deep as the tree is high. */
static int
draw(struct drawing *d, uint32_t node, bool last)
{
	struct mls_node_view view = MLS_NODE_VIEW_INIT;
	unsigned k = level(node);
	uint32_t half = (uint32_t)1 << k;
	uint32_t first = (node + 1 - half) / 2, end = (node - 1 + half) / 2;
	int rc;

	start(d, last);
	if (k > 0 && empty(d, first, end)) {
		printf("leaves %lu to %lu  blank\n", (unsigned long)first,
		    (unsigned long)end);
		return 0;
	}
	rc = mls_group_node(&view, d->app->group, node);
	if (rc != 0)
		return rc;
	if (k == 0)
		return draw_leaf(d, node, &view);
	draw_parent(node, &view);
	if (d->depth + 1 >= DEPTH_MAX)
		return MLS_E_TREE_TOO_LARGE;
	if (d->depth > 0)
		d->prefix[d->depth - 1] = last ? d->strokes->gap :
		    d->strokes->bar;
	d->depth++;
	rc = draw(d, node - half / 2, false);
	if (rc == 0)
		rc = draw(d, node + half / 2, true);
	d->depth--;
	return rc;
}

int
cmd_tree(struct app *app)
{
	struct drawing d = { .app = app, .strokes = &ascii };
	int status = args(app, 0, 0), rc;

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = info_get(app, &d.info);
	if (status != OK)
		return status;
	if (!app->opt.ascii && setlocale(LC_CTYPE, "") != NULL &&
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		d.strokes = &lines;
	group_name(stdout, d.info.group_id);
	printf(", epoch %llu: %lu member%s\n",
	    (unsigned long long)d.info.epoch, (unsigned long)d.info.members,
	    d.info.members == 1 ? "" : "s");
	rc = draw(&d, d.info.width - 1, true);
	if (rc != 0)
		return say_error(app, rc, "cannot draw the tree");
	puts("* you hold the private key");
	return OK;
}
