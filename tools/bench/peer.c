/* SPDX-License-Identifier: MIT */
/*
 * One workload as JSON lines, for comparing implementations: what enters an
 * operation is octets, and what leaves it is.  process_* takes a member into
 * the new epoch; process_*_apply is the share that writing it takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define COMMITS 15
#define MESSAGES 200
#define JOINERS 7

struct peer {
	struct world *w;
	const char *program;
	uint32_t n;
};

/* A field of /proc/self/status, in KiB; 0 where there is none. */
static unsigned long
status_kb(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[200];

	while (f != NULL && kb == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0)
			kb = strtoul(line + strlen(field) + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kb;
}

static void
emit_line(const struct peer *p, const struct meter *m, size_t runs,
    const char *more)
{
	printf("{\"peer\":\"libmls\",\"version\":\"%s\",\"provider\":\"%s\","
	    "\"suite\":%u,\"n\":%u,\"op\":\"%s\",\"median_us\":%.1f,"
	    "\"cpu_us\":%.1f,\"reps\":%zu,\"bytes\":%zu,"
	    "\"peak_rss_kb\":%lu%s}\n", mls_version(), p->w->provider,
	    p->w->suite, (unsigned)p->n, m->op, meter_wall(m), meter_cpu(m),
	    runs, m->bytes, status_kb("VmHWM"), more);
	fflush(stdout);
}

static void
emit(const struct peer *p, struct meter *m)
{
	if (m->runs != 0)
		emit_line(p, m, m->runs, "");
	meter_free(m);
}

static void
emit_bytes(const struct peer *p, const char *op, size_t bytes)
{
	struct meter m = { .op = op, .bytes = bytes };

	emit_line(p, &m, 1, "");
}

static bool
more(const struct meter *m, size_t most, double since)
{
	return m->runs == 0 ||
	    (m->runs < most && now_us() - since < BUDGET_US);
}

/* The creator adds all, anew each time; the last Welcome is the one. */
static struct mls_bytes
add_all(struct peer *p, struct member *creator,
    const struct mls_bytes *packages, size_t most)
{
	struct meter m = { .op = "add_all" };
	struct mls_bytes message = { NULL, 0 }, welcome = { NULL, 0 };
	double since = now_us();
	mls_change *c;

	do {
		mls_bytes_free(&welcome);
		mls_group_close(creator->group);
		creator->group = NULL;
		member_found(creator, p->w);
		meter_begin(&m, p->w);
		c = member_commit(&message, &welcome, creator, p->w, packages,
		    p->n - 1, 0);
		meter_end(&m, p->w);
		m.bytes = message.len;
		mls_change_drop(c);
		mls_bytes_free(&message);
	} while (more(&m, most, since));
	if (most > 1)
		emit(p, &m);
	meter_free(&m);
	return welcome;
}

/* The last joiners join, each a repetition of the others. */
static void
join_all(struct peer *p, struct member *v, size_t n,
    const struct mls_bytes *welcome)
{
	struct meter m = { .op = "join", .bytes = welcome->len };
	size_t i, bytes;

	for (i = 0; i < n; i++) {
		meter_begin(&m, p->w);
		member_join(&v[i], p->w, welcome);
		meter_end(&m, p->w);
	}
	bytes = (size_t)m.v[0].count[MLS_COUNT_RECORD_BYTES];
	emit(p, &m);
	emit_bytes(p, "state_bytes", bytes);
}

/* Empty commits until the time is up; the last one holds. */
static struct mls_bytes
commit_sparse(struct peer *p, struct member *from)
{
	struct meter m = { .op = "commit_sparse" };
	struct meter apply = { .op = "commit_sparse_apply" };
	struct mls_bytes message = { NULL, 0 };
	double since = now_us();
	mls_change *c;

	for (;;) {
		meter_begin(&m, p->w);
		c = member_commit(&message, NULL, from, p->w, NULL, 0, 0);
		meter_end(&m, p->w);
		m.bytes = message.len;
		if (!more(&m, COMMITS, since))
			break;
		must(p->w, mls_change_cancel(c), "cancel");
		mls_change_drop(c);
		mls_bytes_free(&message);
	}
	meter_begin(&apply, p->w);
	change_take(c, p->w);
	meter_end(&apply, p->w);
	emit(p, &m);
	emit(p, &apply);
	return message;
}

/* process is inside of total, and both are measured. */
static void
process(struct meter *total, struct meter *apply, struct peer *p,
    struct member *m, const struct mls_bytes *message)
{
	mls_change *c;

	total->bytes = message->len;
	meter_begin(total, p->w);
	c = member_process(m, p->w, message);
	meter_begin(apply, p->w);
	change_take(c, p->w);
	meter_end(apply, p->w);
	meter_end(total, p->w);
}

static int
look(void *payload, const struct mls_summary *summary)
{
	size_t *len = payload;

	*len = summary->data.len;
	return 0;
}

static void
talk(struct peer *p, struct member *from, struct member *to, size_t size)
{
	char seal[32], open[32];
	struct meter out = { .op = seal }, in = { .op = open };
	struct mls_bytes sent[MESSAGES];
	struct mls_buf data = { NULL, size };
	uint8_t *text = must_alloc(size, 1);
	double since = now_us();
	size_t i, n = 0, len;

	snprintf(seal, sizeof(seal), "app_encrypt_%zu", size);
	snprintf(open, sizeof(open), "app_decrypt_%zu", size);
	memset(text, 7, size);
	data.data = text;
	while (more(&out, MESSAGES, since)) {
		meter_begin(&out, p->w);
		must(p->w, mls_group_send(&sent[n], from->group, data),
		    "send");
		meter_end(&out, p->w);
		out.bytes = in.bytes = sent[n++].len;
	}
	for (i = 0; i < n; i++) {
		meter_begin(&in, p->w);
		must(p->w, mls_group_receive(to->group, octets(&sent[i]),
		    look, &len), "receive");
		meter_end(&in, p->w);
		if (len != size)
			broken("a message was not what was sent");
		mls_bytes_free(&sent[i]);
	}
	emit(p, &out);
	emit(p, &in);
	free(text);
}

static void
sparse(struct peer *p)
{
	struct mls_bytes *packages = must_alloc(p->n, sizeof(*packages));
	size_t last = p->n - 2 < JOINERS ? p->n - 2 : JOINERS, i;
	struct meter total = { .op = "process_sparse" };
	struct meter apply = { .op = "process_sparse_apply" };
	struct member creator, one, v[JOINERS];
	struct mls_bytes welcome, message;

	member_new(&creator, p->w, 0);
	member_new(&one, p->w, 1);
	packages[0] = one.package;
	for (i = 2; i < p->n - last; i++)
		packages[i - 1] = package_extra(p->w, (uint32_t)i);
	for (i = 0; i < last; i++) {
		member_new(&v[i], p->w, (uint32_t)(p->n - 1 - i));
		packages[p->n - 2 - i] = v[i].package;
	}
	welcome = add_all(p, &creator, packages, 5);
	emit_bytes(p, "add_all_welcome", welcome.len);
	join_all(p, v, last, &welcome);
	member_join(&one, p->w, &welcome);
	message = commit_sparse(p, &one);
	for (i = 0; i < last; i++)
		process(&total, &apply, p, &v[i], &message);
	emit(p, &total);
	emit(p, &apply);
	talk(p, &one, &v[0], 32);
	talk(p, &one, &v[0], 1024);
	talk(p, &one, &v[0], 65536);

	for (i = 2; i < p->n - last; i++)
		mls_bytes_free(&packages[i - 1]);
	for (i = 0; i < last; i++)
		member_free(&v[i]);
	member_free(&one);
	member_free(&creator);
	mls_bytes_free(&welcome);
	mls_bytes_free(&message);
	free(packages);
}

static void
full(struct peer *p)
{
	struct meter commit = { .op = "commit_full" };
	struct meter settle = { .op = "commit_full_apply" };
	struct meter total = { .op = "process_full" };
	struct meter apply = { .op = "process_full_apply" };
	struct member creator, last;
	struct mls_bytes message;
	mls_change *c;
	double since;

	group_full(&creator, &last, p->w, p->n);
	since = now_us();
	while (more(&commit, COMMITS, since)) {
		meter_begin(&commit, p->w);
		c = member_commit(&message, NULL, &creator, p->w, NULL, 0, 0);
		meter_end(&commit, p->w);
		commit.bytes = message.len;
		meter_begin(&settle, p->w);
		change_take(c, p->w);
		meter_end(&settle, p->w);
		process(&total, &apply, p, &last, &message);
		mls_bytes_free(&message);
	}
	emit(p, &commit);
	emit(p, &settle);
	emit(p, &total);
	emit(p, &apply);
	member_free(&last);
	member_free(&creator);
}

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
static void
build(struct peer *p)
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

/* Become the program in mode make, between two pipes. */
static void
run_make(const struct peer *p, const int in[2], const int out[2])
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
	execlp(p->program, p->program, "make", p->w->provider, suite, n,
	    (char *)NULL);
	_exit(127);
}

static struct mls_bytes
welcome_from_child(const struct peer *p, const struct mls_bytes *package)
{
	struct mls_bytes welcome;
	int in[2], out[2], status;
	FILE *to, *from;
	pid_t child;

	if (pipe(in) != 0 || pipe(out) != 0)
		broken("cannot run another process");
	child = fork();
	if (child < 0)
		broken("cannot run another process");
	if (child == 0)
		run_make(p, in, out);
	close(in[0]);
	close(out[1]);
	to = fdopen(in[1], "wb");
	from = fdopen(out[0], "rb");
	if (to == NULL || from == NULL)
		broken("cannot run another process");
	write_all(to, package);
	fclose(to);
	welcome = read_all(from);
	fclose(from);
	if (waitpid(child, &status, 0) != child || status != 0)
		broken("the other process failed");
	return welcome;
}

static void
hold(struct peer *p)
{
	struct meter m = { .op = "hold" };
	struct mls_bytes welcome;
	struct member last;
	unsigned long base;
	char more_text[80];

	member_new(&last, p->w, p->n - 1);
	welcome = welcome_from_child(p, &last.package);
	base = status_kb("VmRSS");
	member_join(&last, p->w, &welcome);
	snprintf(more_text, sizeof(more_text),
	    ",\"rss_kb\":%lu,\"base_rss_kb\":%lu", status_kb("VmRSS"), base);
	emit_line(p, &m, 1, more_text);
	mls_bytes_free(&welcome);
	member_free(&last);
}

int
peer_command(struct world *w, const char *program, const char *mode,
    uint32_t n)
{
	struct peer p = { w, program, n };

	if (strcmp(mode, "sparse") == 0)
		sparse(&p);
	else if (strcmp(mode, "full") == 0)
		full(&p);
	else if (strcmp(mode, "hold") == 0)
		hold(&p);
	else if (strcmp(mode, "make") == 0)
		build(&p);
	else
		return 2;
	return 0;
}
