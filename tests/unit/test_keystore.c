/* SPDX-License-Identifier: MIT */
/* What all keystore providers have in common. */
#include "in_memory.h"
#include "keystore_fixture.h"

/* Each test runs over all that were built. */
#define OVER(provider, name) \
	Test(provider, name) { void *c = start(#provider); name(c); \
		prov->fini(c); clean(); }
#ifdef TEST_SQLITE
#define OVER_SQLITE(name) OVER(sqlite, name)
#else
#define OVER_SQLITE(name)
#endif
#define BOTH(name) \
	static void name(void *ctx); \
	OVER(memory, name) \
	OVER_SQLITE(name) \
	static void name(void *ctx)

BOTH(own_writes_then_commit)
{
	struct text one = { "", -1 };
	struct mls_txn *t;

	put_all(ctx, "bd");
	t = begin(ctx, 1);
	put(t, "c", "new");
	put(t, "b", "two");
	cr_assert_eq(ops->del(t, str("d")), MLS_P_OK);
	cr_assert_eq(ops->del(t, str("absent")), MLS_P_OK);
	EXPECT_SCAN(t, "", "b=two;c=new;");
	cr_assert_eq(ops->get(t, str("d"), add_text, &one), MLS_P_NOTFOUND);
	cr_assert_eq(ops->get(t, str("c"), add_text, &one), MLS_P_OK);
	cr_assert_str_eq(one.s, "c=new;");
	cr_assert_eq(ops->commit(t), MLS_P_OK);
	expect_committed(ctx, "b=two;c=new;");
}

BOTH(rollback_leaves_nothing)
{
	struct mls_txn *t;

	put_all(ctx, "ab");
	t = begin(ctx, 1);
	put(t, "a", "other");
	put(t, "z", "new");
	ops->del(t, str("b"));
	ops->rollback(t);
	ops->rollback(NULL);
	expect_committed(ctx, "a=v;b=v;");
}

BOTH(unknown_parameters_are_refused)
{
	const struct mls_param p[] = { { "path", db_path() },
		{ "pth", "a slip of the pen" } };
	void *other = ctx;

	cr_assert_eq(prov->init(&host, p, 2, &other), MLS_P_ARGUMENT);
	cr_assert(strstr(logged, "unknown parameter: pth") != NULL, "%s",
	    logged);
	cr_assert_eq(other, ctx);
}

BOTH(a_reader_does_not_write)
{
	struct mls_txn *t = begin(ctx, 0);

	cr_assert_eq(ops->put(t, str("a"), str("b")), MLS_P_ARGUMENT);
	cr_assert_eq(ops->del(t, str("a")), MLS_P_ARGUMENT);
	ops->rollback(t);
	expect_committed(ctx, "");
}

BOTH(prefixes)
{
	struct mls_txn *t = begin(ctx, 1);
	struct mls_buf none = { NULL, 0 };
	struct text got = { "", -1 };

	put(t, "a", "1");
	put(t, "ab", "2");
	put(t, "abc", "3");
	put(t, "b", "4");
	put(t, "\xff", "5");
	put(t, "\xff\xff", "6");
	put(t, "\xff\xff""a", "7");
	cr_assert_eq(ops->put(t, none, none), MLS_P_OK);
	EXPECT_SCAN(t, "a", "a=1;ab=2;abc=3;");
	EXPECT_SCAN(t, "ab", "ab=2;abc=3;");
	EXPECT_SCAN(t, "\xff\xff", "\xff\xff=6;\xff\xff""a=7;");
	EXPECT_SCAN(t, "\xfe", "");
	EXPECT_SCAN(t, "", "=;a=1;ab=2;abc=3;b=4;\xff=5;\xff\xff=6;"
	    "\xff\xff""a=7;");
	cr_assert_eq(ops->get(t, none, add_text, &got), MLS_P_OK);
	cr_assert_str_eq(got.s, "=;");
	cr_assert_eq(ops->commit(t), MLS_P_OK);
}

BOTH(the_callback_ends_a_scan)
{
	struct text got = { "", 2 };
	struct mls_txn *t;

	put_all(ctx, "dacb");
	t = begin(ctx, 0);
	cr_assert_eq(ops->scan(t, str(""), add_text, &got), 77);
	cr_assert_str_eq(got.s, "a=v;b=v;");
	got.left = 1;
	cr_assert_eq(ops->get(t, str("d"), add_text, &got), 77);
	ops->rollback(t);
}

static struct mls_txn *waited_for;
static void *
write_in_thread(void *ctx)
{
	struct mls_txn *t = begin(ctx, 1);

	waited_for = NULL;
	put(t, "b", "thread");
	ops->commit(t);
	return NULL;
}

BOTH(the_same_thread_is_busy_another_waits)
{
	struct mls_txn *second = NULL;
	pthread_t thread;

	waited_for = begin(ctx, 1);
	cr_assert_eq(ops->begin(ctx, 1, &second), MLS_P_BUSY);
	cr_assert(second == NULL);
	cr_assert_eq(pthread_create(&thread, NULL, write_in_thread, ctx), 0);
	usleep(50000);
	cr_assert(waited_for != NULL);
	put(waited_for, "a", "first");
	ops->commit(waited_for);
	pthread_join(thread, NULL);
	expect_committed(ctx, "a=first;b=thread;");
}

static int
same_big(void *arg, struct mls_buf k, struct mls_buf v)
{
	const struct mls_buf *want = arg;

	(void)k;
	return v.len == want->len && memcmp(v.data, want->data, v.len) == 0 ?
	    0 : 78;
}

BOTH(big_values)
{
	struct mls_buf big = { NULL, 1 << 20 };
	uint8_t *p = malloc(big.len);
	struct mls_txn *t = begin(ctx, 1);
	size_t i;

	for (i = 0; i < big.len; i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	big.data = p;
	cr_assert_eq(ops->put(t, str("big"), big), MLS_P_OK);
	cr_assert_eq(ops->commit(t), MLS_P_OK);
	t = begin(ctx, 0);
	cr_assert_eq(ops->get(t, str("big"), same_big, &big), MLS_P_OK);
	ops->rollback(t);
	free(p);
}

struct count {
	unsigned n;
	char last[16];
};

static int
count_up(void *arg, struct mls_buf k, struct mls_buf v)
{
	struct count *c = arg;
	char key[16] = "";

	(void)v;
	memcpy(key, k.data, k.len);
	cr_assert(strcmp(key, c->last) > 0);
	strcpy(c->last, key);
	c->n++;
	return 0;
}

/* Against an array that does the same; in order and in disorder. */
BOTH(ten_thousand_records)
{
	enum { N = 10000 };
	static bool there[N];
	struct count c = { 0, "" };
	unsigned i, k, live = 0;
	struct mls_txn *t = begin(ctx, 1);
	char key[16];

	for (i = 0; i < 3 * N; i++) {
		k = i < N ? i : (i * 7919u + i / 7) % N;
		snprintf(key, sizeof(key), "k%06u", k);
		if (i % 3 == 2)
			cr_assert_eq(ops->del(t, str(key)), MLS_P_OK);
		else
			put(t, key, "value");
		there[k] = i % 3 != 2;
		if (i % 5000 == 4999) {
			cr_assert_eq(ops->commit(t), MLS_P_OK);
			t = begin(ctx, 1);
		}
	}
	for (i = 0; i < N; i++)
		live += there[i];
	cr_assert_eq(ops->scan(t, str(""), count_up, &c), MLS_P_OK);
	cr_assert_eq(c.n, live);
	for (i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "k%06u", i);
		c.last[0] = '\0';
		cr_assert_eq(ops->get(t, str(key), count_up, &c),
		    there[i] ? MLS_P_OK : MLS_P_NOTFOUND);
	}
	ops->rollback(t);
}

/* Runs of keys in order, as groups are written, among each other and with
 * what was there before. */
Test(memory, runs_of_puts)
{
	enum { KEYS = 4096 };
	static bool there[KEYS];
	void *ctx = start("memory");
	struct mls_txn *t = begin(ctx, 1);
	struct count c = { 0, "" };
	unsigned run, i, k, live = 0, x = 1;
	char key[16];

	for (run = 0; run < 1500; run++) {
		x = x * 1103515245u + 12345u;
		k = x >> 8;
		for (i = 0; i < x % 61; i++) {
			k = (k + 1 + (x >> 5) % 3) % KEYS;
			snprintf(key, sizeof(key), "k%06u", k);
			put(t, key, "value");
			there[k] = true;
		}
		if (run % 3 == 0 && i > 0) {
			cr_assert_eq(ops->del(t, str(key)), MLS_P_OK);
			there[k] = false;
		}
		if (run % 97 == 0) {
			cr_assert_eq(ops->commit(t), MLS_P_OK);
			t = begin(ctx, 1);
		}
	}
	for (k = 0; k < KEYS; k++) {
		snprintf(key, sizeof(key), "k%06u", k);
		cr_assert_eq(ops->get(t, str(key), count_up, &c),
		    there[k] ? MLS_P_OK : MLS_P_NOTFOUND, "%s", key);
		live += there[k];
	}
	c = (struct count){ 0, "" };
	cr_assert_eq(ops->scan(t, str(""), count_up, &c), MLS_P_OK);
	cr_assert_eq(c.n, live);
	ops->rollback(t);
	prov->fini(ctx);
	clean();
}

Test(memory, readers_keep_their_version)
{
	void *ctx = start("memory");
	struct mls_txn *r, *w;

	put_all(ctx, "ab");
	w = begin(ctx, 1);
	put(w, "a", "changed");
	r = begin(ctx, 0);
	EXPECT_SCAN(r, "", "a=v;b=v;");
	ops->del(w, str("b"));
	ops->commit(w);
	EXPECT_SCAN(r, "", "a=v;b=v;");
	ops->rollback(r);
	expect_committed(ctx, "a=changed;");
	prov->fini(ctx);
	clean();
}

/* Which value each key has, 0 for none; and where a scan is in them. */
#define MODEL_KEYS 300
struct model {
	unsigned value[MODEL_KEYS];
	unsigned at;
};

static void
model_name(char key[16], char value[16], const struct model *m, unsigned k)
{
	snprintf(key, 16, k % 2 == 0 ? "kx%u" : "k%011u", 1000 + k);
	snprintf(value, 16, "%u", m->value[k]);
}

static int
next_of_model(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct model *m = arg;
	char k[16], v[16];

	/* The odd are first. */
	while (m->at < MODEL_KEYS && m->value[m->at] == 0)
		m->at += 2;
	if (m->at >= MODEL_KEYS && m->at % 2 == 1) {
		m->at = 0;
		return next_of_model(arg, key, value);
	}
	cr_assert_lt(m->at, MODEL_KEYS);
	model_name(k, v, m, m->at);
	cr_assert(key.len == strlen(k) && memcmp(key.data, k, key.len) == 0);
	cr_assert(value.len == strlen(v) &&
	    memcmp(value.data, v, value.len) == 0);
	m->at += 2;
	return MLS_P_OK;
}

static void
expect_model(struct mls_txn *t, struct model *m)
{
	struct count c = { 0, "" };
	unsigned k, live = 0;
	char key[16], value[16];

	m->at = 1;
	cr_assert_eq(ops->scan(t, str("k"), next_of_model, m), MLS_P_OK);
	cr_assert_eq(ops->scan(t, str(""), count_up, &c), MLS_P_OK);
	for (k = 0; k < MODEL_KEYS; k++) {
		c.last[0] = '\0';
		live += m->value[k] != 0;
		model_name(key, value, m, k);
		cr_assert_eq(ops->get(t, str(key), count_up, &c),
		    m->value[k] != 0 ? MLS_P_OK : MLS_P_NOTFOUND);
	}
	cr_assert_eq(c.n, 2 * live);
}

static void
change_model(struct mls_txn *t, struct model *m, unsigned *x)
{
	char key[16], value[16];
	unsigned i, k;

	for (i = *x % 40; i > 0; i--) {
		*x = *x * 1103515245u + 12345u;
		k = (*x >> 9) % MODEL_KEYS;
		m->value[k] = *x % 5 < 2 ? 0 : *x >> 12 | 1;
		model_name(key, value, m, k);
		if (m->value[k] == 0)
			cr_assert_eq(ops->del(t, str(key)), MLS_P_OK);
		else
			put(t, key, value);
	}
}

/* Transactions that commit or not, with and without readers of versions that
 * are long gone. */
Test(memory, versions_against_an_array)
{
	enum { READERS = 3 };
	static struct model now, next, then[READERS];
	struct mls_txn *r[READERS] = { NULL }, *t;
	void *ctx = start("memory");
	unsigned step, i, x = 1;

	for (step = 0; step < 3000; step++) {
		next = now;
		t = begin(ctx, 1);
		change_model(t, &next, &x);
		expect_model(t, &next);
		i = step / 64 % 2 == 0 ? (x >> 7) % (2 * READERS) : READERS;
		if (i < READERS && r[i] == NULL) {
			r[i] = begin(ctx, 0);
			then[i] = now;
		}
		if (x % 3 != 0) {
			cr_assert_eq(ops->commit(t), MLS_P_OK);
			now = next;
		} else {
			ops->rollback(t);
		}
		for (i = 0; i < READERS; i++) {
			if (r[i] == NULL)
				continue;
			expect_model(r[i], &then[i]);
			if (step % 64 == 63 || (x >> i) % 8 == 0) {
				ops->rollback(r[i]);
				r[i] = NULL;
			}
		}
	}
	for (i = 0; i < READERS; i++)
		ops->rollback(r[i]);
	prov->fini(ctx);
	clean();
}

Test(memory, ST_12_values_are_wiped)
{
	void *ctx = start("memory");
	struct mls_txn *t = begin(ctx, 1);
	uint8_t masked[32], plain[32];
	size_t i;

	for (i = 0; i < 32; i++)
		masked[i] = (uint8_t)(i * i * 37 + 11);
	for (i = 0; i < 32; i++)
		plain[i] = masked[i] ^ 0xa5;
	ops->put(t, str("a"), (struct mls_buf) { plain, 32 });
	ops->put(t, str("b"), (struct mls_buf) { plain, 32 });
	ops->put(t, str("c"), (struct mls_buf) { plain, 32 });
	ops->commit(t);
	explicit_bzero(plain, 32);
	cr_assert_geq(in_memory(masked, 32), 3);
	t = begin(ctx, 1);
	put(t, "a", "replaced");
	ops->del(t, str("b"));
	ops->commit(t);
	i = in_memory(masked, 32);
	prov->fini(ctx);
	cr_assert_lt(in_memory(masked, 32), i);
	cr_assert_eq(in_memory(masked, 32), 0);
	clean();
}
