/* SPDX-License-Identifier: MIT */
/* What a fresh process takes while another one made the group: what it holds
 * after joining, and how it comes back to a group in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heap.h"
#include "peer.h"

static struct mls_bytes
read_all(FILE *f)
{
	struct mls_bytes b = { NULL, 0 };
	size_t cap = 0, got;

	do {
		cap = cap != 0 ? 2 * cap : 1 << 16;
		b.data = realloc(b.data, cap);
		if (b.data == NULL)
			broken("out of memory");
		got = fread(b.data + b.len, 1, cap - b.len, f);
		b.len += got;
	} while (b.len == cap);
	if (ferror(f))
		broken("cannot read");
	return b;
}

static void
write_all(FILE *f, const struct mls_bytes *b)
{
	if (fwrite(b->data, 1, b->len, f) != b->len || fflush(f) != 0)
		broken("cannot write");
}

/* A group around the key package on standard input; its Welcome goes to
 * standard output. */
void
mode_make(struct peer *p)
{
	struct mls_bytes *packages = must_alloc(p->n, sizeof(*packages));
	struct mls_bytes welcome;
	struct member creator;
	uint32_t i;

	member_new(&creator, p->w, 0);
	for (i = 1; i < p->n - 1; i++)
		packages[i - 1] = package_extra(p->w, i);
	packages[p->n - 2] = read_all(stdin);
	welcome = add_all(p, &creator, packages, 1);
	write_all(stdout, &welcome);
	for (i = 0; i < p->n - 1; i++)
		mls_bytes_free(&packages[i]);
	mls_bytes_free(&welcome);
	member_free(&creator);
	free(packages);
}

/* A group in a file that the last member left; the file's name comes from
 * standard input, a message to it goes to standard output. */
void
mode_settle(struct peer *p)
{
	static const uint8_t text[32] = { 7 };
	struct mls_buf data = { text, sizeof(text) };
	struct mls_bytes path = read_all(stdin), welcome, message;
	struct crowd c;

	crowd_new(&c, p);
	member_free(&c.last[0]);
	member_at(&c.last[0], p->w, p->n - 1, (const char *)path.data);
	c.packages[p->n - 2] = c.last[0].package;
	welcome = add_all(p, &c.creator, c.packages, 1);
	member_join(&c.one, p->w, &welcome);
	member_join(&c.last[0], p->w, &welcome);
	must(p->w, mls_group_send(&message, c.one.group, data), "send");
	write_all(stdout, &message);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	mls_bytes_free(&path);
	crowd_free(&c, p);
}

/* Become the program in that mode, between two pipes. */
static void
become(const struct peer *p, const char *mode, const int in[2],
    const int out[2])
{
	char suite[16], n[16];

	snprintf(suite, sizeof(suite), "%u", p->w->suite);
	snprintf(n, sizeof(n), "%u", (unsigned)p->n);
	if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
		_exit(126);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
	execlp(p->program, p->program, mode, p->w->provider, suite, n,
	    (char *)NULL);
	_exit(127);
}

/* What another process makes of what it is told. */
static struct mls_bytes
ask_child(const struct peer *p, const char *mode,
    const struct mls_bytes *told)
{
	struct mls_bytes answer;
	int in[2], out[2], status;
	FILE *to, *from;
	pid_t child;

	if (pipe(in) != 0 || pipe(out) != 0)
		broken("cannot run another process");
	child = fork();
	if (child < 0)
		broken("cannot run another process");
	if (child == 0)
		become(p, mode, in, out);
	close(in[0]);
	close(out[1]);
	to = fdopen(in[1], "wb");
	from = fdopen(out[0], "rb");
	if (to == NULL || from == NULL)
		broken("cannot run another process");
	write_all(to, told);
	fclose(to);
	answer = read_all(from);
	fclose(from);
	if (waitpid(child, &status, 0) != child || status != 0)
		broken("the other process failed");
	return answer;
}

void
mode_hold(struct peer *p)
{
	struct meter m = { .op = "hold" };
	struct mls_bytes welcome, tree;
	struct member last;
	unsigned long base;
	int64_t before;
	char further[240];

	member_new(&last, p->w, p->n - 1);
	welcome = ask_child(p, "make", &last.package);
	base = status_kb("VmRSS");
	before = heap_live();
	heap_restart();
	member_join(&last, p->w, &welcome);
	snprintf(further, sizeof(further), ",\"rss_kb\":%lu,"
	    "\"base_rss_kb\":%lu,\"heap_bytes\":%jd,\"heap_peak_bytes\":%jd",
	    status_kb("VmRSS"), base, (intmax_t)(heap_live() - before),
	    (intmax_t)(heap_peak() - before));
	must(p->w, mls_group_tree(&tree, last.group), "the tree");
	snprintf(further + strlen(further), sizeof(further) - strlen(further),
	    ",\"tree_bytes\":%zu", tree.len);
	m.bytes = welcome.len;
	emit_more(p, &m, further);
	mls_bytes_free(&tree);
	mls_bytes_free(&welcome);
	member_free(&last);
}

/* The group is opened, a message taken in and one sent. */
static void
revive(struct peer *p, struct member *m, const char *path,
    const struct mls_bytes *message)
{
	static const uint8_t text[32] = { 7 };
	struct mls_buf data = { text, sizeof(text) };
	struct mls_bytes sent;
	struct mls_buf id;
	uint64_t epoch;

	member_open(m, p->w, path);
	must(p->w, mls_message_group(&id, &epoch, octets(message)),
	    "a message");
	must(p->w, mls_group_open(&m->group, m->client, id), "open");
	must(p->w, mls_group_receive(m->group, octets(message), NULL, NULL),
	    "receive");
	must(p->w, mls_group_send(&sent, m->group, data), "send");
	mls_bytes_free(&sent);
}

void
mode_cold(struct peer *p)
{
	struct meter m = { .op = "cold" };
	struct mls_bytes path, message;
	struct member last;
	char text[128], further[120];
	unsigned long base;

	world_file(text, sizeof(text), p->w);
	path.data = (uint8_t *)text;
	path.len = strlen(text) + 1;
	message = ask_child(p, "settle", &path);
	base = status_kb("VmRSS");
	heap_restart();
	meter_begin(&m, p->w);
	revive(p, &last, text, &message);
	meter_end(&m, p->w);
	snprintf(further, sizeof(further), ",\"rss_kb\":%lu,"
	    "\"base_rss_kb\":%lu,\"heap_peak_bytes\":%jd",
	    status_kb("VmRSS"), base, (intmax_t)heap_peak());
	emit_more(p, &m, further);
	meter_free(&m);
	mls_bytes_free(&message);
	member_free(&last);
}
