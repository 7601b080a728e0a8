/* SPDX-License-Identifier: MIT */
/* Tests of keystores within one context. */
#include <stdlib.h>
#include <string.h>

#include "store.h"

static const struct mls_keystore_ops *
ops(const struct conf *t)
{
	return t->desc->keystore;
}

static void
records(struct conf *t)
{
	struct mls_buf one = mls__buf("one", 3), two = mls__buf("second", 6);
	struct store_key key = store_name(t, "record");
	struct mls_txn *txn;

	store_clear(t);
	txn = store_begin(t, true);
	store_has(t, txn, key, NULL, "what was never put");
	store_put(t, txn, key, one);
	store_has(t, txn, key, &one, "what the transaction put");
	store_put(t, txn, key, two);
	store_has(t, txn, key, &two, "what the transaction replaced");
	store_del(t, txn, key);
	store_has(t, txn, key, NULL, "what the transaction deleted");
	store_del(t, txn, key);
	store_put(t, txn, key, one);
	store_commit(t, txn);
	store_is(t, "record", "one", "what was committed");
	store_set(t, "record", "other");
	store_is(t, "record", "other", "what was replaced");
	store_set(t, "record", NULL);
	store_is(t, "record", NULL, "what was deleted");
	store_set(t, "record", NULL);
	store_is(t, "record", NULL, "what was deleted twice");
}

static void
sizes(struct conf *t)
{
	static const size_t lens[] = { 0, 1, 100, 4000, 4096, 5000, 65536,
		1 << 20, 6 << 20 };
	const size_t n = sizeof(lens) / sizeof(lens[0]);
	uint8_t *octets = conf_alloc(t, 6 << 20), name[256];
	struct mls_buf value, none = mls__buf(NULL, 0);
	struct mls_txn *txn;
	size_t i;

	conf_fill(octets, 6 << 20, 1);
	conf_fill(name, sizeof(name), 2);
	store_clear(t);
	txn = store_begin(t, true);
	for (i = 0; i < n; i++)
		store_put(t, txn, store_key(t, &i, sizeof(i)),
		    mls__buf(octets, lens[i]));
	for (i = 1; i <= sizeof(name); i++)
		store_put(t, txn, store_key(t, name, i), mls__buf(&i, 4));
	store_put(t, txn, store_name(t, "empty"), none);
	store_commit(t, txn);
	txn = store_begin(t, false);
	for (i = 0; i < n; i++) {
		value = mls__buf(octets, lens[i]);
		store_has(t, txn, store_key(t, &i, sizeof(i)), &value,
		    "a value of many octets");
	}
	for (i = 1; i <= sizeof(name); i++) {
		value = mls__buf(&i, 4);
		store_has(t, txn, store_key(t, name, i), &value,
		    "a key that begins as others");
	}
	store_has(t, txn, store_name(t, "empty"), &none, "an empty value");
	store_rollback(t, txn);
	store_clear(t);
}

/* What a scan is to come to: keys in order, with their numbers. */
struct scanned {
	struct conf *t;
	struct store_key last;
	size_t calls, stop_after;
	int stop_with;
	bool ours; /* all under the prefix of the case */
	struct mls_buf prefix;
};

static int
octet_order(struct mls_buf a, struct mls_buf b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int d = least > 0 ? memcmp(a.data, b.data, least) : 0;

	return d != 0 ? d : a.len < b.len ? -1 : a.len > b.len;
}

static int
in_order(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct scanned *s = arg;

	(void)value;
	NEED(s->t, key.len >= s->prefix.len && (s->prefix.len == 0 ||
	    memcmp(key.data, s->prefix.data, s->prefix.len) == 0),
	    "a scan gives a key that does not begin with the prefix");
	NEED(s->t, s->calls == 0 || octet_order(KEY_BUF(s->last), key) < 0,
	    "a scan gives keys in another order than that of their octets");
	NEED(s->t, key.len <= sizeof(s->last.data), "a long key");
	memcpy(s->last.data, key.data, key.len);
	s->last.len = key.len;
	return ++s->calls == s->stop_after ? s->stop_with : 0;
}

static size_t
scan(struct conf *t, struct mls_txn *txn, struct mls_buf prefix)
{
	struct scanned s = { .t = t, .prefix = prefix };

	conf_doing(t, "scan of a prefix of %zu octets", prefix.len);
	conf_expect(t, ops(t)->scan(txn, prefix, in_order, &s), MLS_P_OK,
	    "scanning");
	return s.calls;
}

#define KEYS 600

/* Keys of few octets out of few, so that many begin with others. */
static size_t
make_key(uint8_t out[8], uint32_t i)
{
	static const uint8_t few[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t noise[9];
	size_t len, k;

	conf_fill(noise, sizeof(noise), i);
	len = noise[8] % 6;
	for (k = 0; k < len; k++)
		out[k] = few[noise[k] % sizeof(few)];
	return len;
}

static int
by_octets(const void *a, const void *b)
{
	const struct store_key *x = a, *y = b;

	return octet_order(KEY_BUF(*x), KEY_BUF(*y));
}

/* How many of the keys begin with the prefix. */
static size_t
count(const struct store_key *keys, size_t n, const struct store_key *prefix)
{
	size_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += keys[i].len >= prefix->len && memcmp(keys[i].data,
		    prefix->data, prefix->len) == 0;
	return sum;
}

static void
check_scans(struct conf *t, struct mls_txn *txn, const struct store_key *keys,
    size_t n)
{
	static const struct {
		const char *octets;
		size_t len;
	} prefixes[] = { { "", 0 }, { "\0", 1 }, { "\xff", 1 },
		{ "\xff\xff", 2 }, { "\xff\xff\xff\xff\xff\xff", 6 },
		{ "\x7f\x80", 2 }, { "\0\0\0\0\0", 5 }, { "\x55", 1 } };
	struct store_key prefix;
	size_t i, got, want;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		prefix = store_key(t, prefixes[i].octets, prefixes[i].len);
		got = scan(t, txn, KEY_BUF(prefix));
		want = count(keys, n, &prefix);
		NEED(t, got == want, "a scan gives %zu records, and there "
		    "are %zu (prefix %zu)", got, want, i);
	}
	NEED(t, scan(t, txn, mls__buf(NULL, 0)) >= n,
	    "a scan of everything gives not all");
}

static void
scans(struct conf *t)
{
	struct store_key *keys = conf_alloc(t, KEYS * sizeof(*keys));
	struct mls_txn *txn;
	uint8_t octets[8];
	size_t i, n = 0, kept = 0;

	store_clear(t);
	txn = store_begin(t, true);
	for (i = 0; i < KEYS; i++) {
		keys[i] = store_key(t, octets, make_key(octets, (uint32_t)i));
		store_put(t, txn, keys[i], mls__buf(&i, sizeof(i)));
	}
	qsort(keys, KEYS, sizeof(*keys), by_octets);
	for (i = 0; i < KEYS; i++)
		if (n == 0 || by_octets(&keys[n - 1], &keys[i]) != 0)
			keys[n++] = keys[i];
	check_scans(t, txn, keys, n);
	store_commit(t, txn);
	txn = store_begin(t, false);
	check_scans(t, txn, keys, n);
	store_rollback(t, txn);
	/* Every third goes, in the transaction that scans. */
	txn = store_begin(t, true);
	for (i = 0; i < n; i += 3)
		store_del(t, txn, keys[i]);
	for (i = 0; i < n; i++)
		if (i % 3 != 0)
			keys[kept++] = keys[i];
	check_scans(t, txn, keys, kept);
	store_commit(t, txn);
	store_clear(t);
}

static void
callbacks(struct conf *t)
{
	static const int answers[] = { 1, 77, -5, MLS_P_NOTFOUND };
	struct scanned s;
	struct mls_txn *txn;
	struct store_key key, prefix = store_key(t, NULL, 0);
	size_t i;
	int st;

	store_clear(t);
	store_set(t, "a", "1");
	store_set(t, "b", "2");
	store_set(t, "c", "3");
	txn = store_begin(t, false);
	key = store_name(t, "b");
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		s = (struct scanned){ .t = t, .stop_after = 2,
			.stop_with = answers[i] };
		conf_doing(t, "a scan that its callback ends");
		st = ops(t)->scan(txn, KEY_BUF(prefix), in_order, &s);
		NEED(t, st == answers[i] && s.calls == 2, "a callback "
		    "returns %d to its second record; the scan calls it %zu "
		    "times and returns %d", answers[i], s.calls, st);
		s = (struct scanned){ .t = t, .stop_after = 1,
			.stop_with = answers[i] };
		st = ops(t)->get(txn, KEY_BUF(key), in_order, &s);
		NEED(t, st == answers[i] && s.calls == 1, "a callback "
		    "returns %d, and get %d", answers[i], st);
	}
	NEED(t, scan(t, txn, KEY_BUF(prefix)) == 3,
	    "a scan after one that was ended gives not all");
	store_rollback(t, txn);
	store_clear(t);
}

static void
rollbacks(struct conf *t)
{
	struct mls_txn *txn;

	conf_doing(t, "rollback of NULL");
	ops(t)->rollback(NULL);
	store_clear(t);
	store_set(t, "kept", "old");
	store_set(t, "doomed", "old");
	txn = store_begin(t, true);
	store_put(t, txn, store_name(t, "kept"), mls__buf("new", 3));
	store_del(t, txn, store_name(t, "doomed"));
	store_put(t, txn, store_name(t, "more"), mls__buf("new", 3));
	store_rollback(t, txn);
	store_is(t, "kept", "old", "what a rollback had replaced");
	store_is(t, "doomed", "old", "what a rollback had deleted");
	store_is(t, "more", NULL, "what a rollback had put");
	txn = store_begin(t, true);
	store_rollback(t, txn);
	store_is(t, "kept", "old", "a record after an idle rollback");
	store_clear(t);
}

static void
reader_writes(struct conf *t)
{
	struct mls_txn *txn;
	struct store_key key = store_name(t, "kept");

	store_clear(t);
	store_set(t, "kept", "old");
	txn = store_begin(t, false);
	conf_doing(t, "put in a transaction that reads");
	conf_refused(t, ops(t)->put(txn, KEY_BUF(key), mls__buf("new", 3)),
	    "putting in a transaction that only reads");
	conf_refused(t, ops(t)->del(txn, KEY_BUF(key)),
	    "deleting in a transaction that only reads");
	store_commit(t, txn);
	store_is(t, "kept", "old", "what a reader tried to change");
	store_clear(t);
}

static void
one_writer(struct conf *t)
{
	struct mls_txn *txn, *second = NULL;

	txn = store_begin(t, true);
	conf_doing(t, "a second transaction of one thread");
	conf_expect(t, ops(t)->begin(t->ctx, 1, &second), MLS_P_BUSY,
	    "beginning to write beside a transaction that writes");
	NEED(t, second == NULL, "begin fails, and gives a transaction");
	store_rollback(t, txn);
	txn = store_begin(t, true);
	store_commit(t, txn);
	store_rollback(t, store_begin(t, true));
}

#define THREADS 4
#define STEPS 25

static int
take_number(void *arg, struct mls_buf key, struct mls_buf value)
{
	(void)key;
	if (value.len != sizeof(unsigned))
		return MLS_P_IO;
	memcpy(arg, value.data, value.len);
	return 0;
}

/* One more, read and written in one transaction. */
static void
count_up(struct conf *t, void *arg, unsigned thread)
{
	struct store_key key = *(struct store_key *)arg;
	struct mls_txn *txn = NULL;
	unsigned i, number;

	(void)thread;
	for (i = 0; i < STEPS; i++) {
		conf_expect(t, store_try(t, &txn), MLS_P_OK,
		    "beginning to write with many threads");
		number = 0;
		conf_expect(t, ops(t)->get(txn, KEY_BUF(key), take_number,
		    &number), MLS_P_OK, "getting a number");
		number++;
		conf_expect(t, ops(t)->put(txn, KEY_BUF(key),
		    mls__buf(&number, sizeof(number))), MLS_P_OK,
		    "putting a number");
		conf_expect(t, ops(t)->commit(txn), MLS_P_OK,
		    "committing with many threads");
	}
}

static void
threads(struct conf *t)
{
	struct store_key key = store_name(t, "number");
	struct mls_txn *txn;
	unsigned number = 0;
	struct mls_buf value = mls__buf(&number, sizeof(number));

	if ((t->desc->flags & MLS_PROVIDER_SERIAL) != 0)
		conf_skip(t, "it is serial: one thread at a time");
	store_clear(t);
	txn = store_begin(t, true);
	store_put(t, txn, key, value);
	store_commit(t, txn);
	conf_doing(t, "transactions of many threads");
	conf_together(t, THREADS, count_up, &key);
	txn = store_begin(t, false);
	number = THREADS * STEPS;
	store_has(t, txn, key, &value, "a number that many threads counted");
	store_rollback(t, txn);
	store_clear(t);
}

const struct conf_test conf_keystore_tests[] = {
	{ "records come back", records, false },
	{ "keys and values of all sizes", sizes, false },
	{ "scans in order", scans, false },
	{ "a callback ends a scan", callbacks, false },
	{ "a rollback leaves nothing", rollbacks, false },
	{ "a reader does not write", reader_writes, false },
	{ "one writer at a time", one_writer, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
