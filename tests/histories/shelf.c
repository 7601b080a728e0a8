/* SPDX-License-Identifier: MIT */
#include "shelf.h"

#include <stdlib.h>
#include <string.h>

struct record {
	size_t refs, key_len, value_len;
	uint8_t data[]; /* key, then value */
};

struct shelf_version {
	size_t refs, n;
	struct record **v; /* ascending by key */
};

struct shelf {
	struct shelf_version *now;
	bool writing;
};

struct mls_txn {
	struct shelf *shelf;
	struct shelf_version *version;
	bool writable, ours; /* ours: a copy that may be changed */
};

static struct shelf shelves[SHELF_SLOTS];
struct shelf_fault shelf_fault;

static void
record_drop(struct record *r)
{
	if (--r->refs == 0)
		free(r);
}

static struct shelf_version *
version_new(const struct shelf_version *from)
{
	struct shelf_version *v = calloc(1, sizeof(*v));
	size_t i, n = from != NULL ? from->n : 0;

	if (v == NULL)
		return NULL;
	v->v = calloc(n + 1, sizeof(*v->v));
	if (v->v == NULL) {
		free(v);
		return NULL;
	}
	v->refs = 1;
	v->n = n;
	for (i = 0; i < n; i++) {
		v->v[i] = from->v[i];
		v->v[i]->refs++;
	}
	return v;
}

void
shelf_drop(struct shelf_version *v)
{
	size_t i;

	if (v == NULL || --v->refs != 0)
		return;
	for (i = 0; i < v->n; i++)
		record_drop(v->v[i]);
	free(v->v);
	free(v);
}

static struct shelf_version *
current(struct shelf *s)
{
	if (s->now == NULL)
		s->now = version_new(NULL);
	if (s->now != NULL)
		s->now->refs++;
	return s->now;
}

struct shelf_version *
shelf_hold(unsigned slot)
{
	return current(&shelves[slot]);
}

void
shelf_put(unsigned slot, struct shelf_version *v)
{
	v->refs++;
	shelf_drop(shelves[slot].now);
	shelves[slot].now = v;
}

static bool
record_equal(const struct record *a, const struct record *b)
{
	return a == b || (a->key_len == b->key_len &&
	    a->value_len == b->value_len &&
	    memcmp(a->data, b->data, a->key_len + a->value_len) == 0);
}

bool
shelf_same(const struct shelf_version *v, unsigned slot)
{
	const struct shelf_version *now = shelves[slot].now;
	size_t i;

	if (now == v)
		return true;
	if (now == NULL || v->n != now->n)
		return false;
	for (i = 0; i < v->n; i++)
		if (!record_equal(v->v[i], now->v[i]))
			return false;
	return true;
}

void
shelf_each(unsigned slot, void (*fn)(void *arg, struct mls_buf key,
    struct mls_buf value), void *arg)
{
	const struct shelf_version *v = shelves[slot].now;
	const struct record *r;
	size_t i;

	for (i = 0; v != NULL && i < v->n; i++) {
		r = v->v[i];
		fn(arg, (struct mls_buf){ r->data, r->key_len },
		    (struct mls_buf){ r->data + r->key_len, r->value_len });
	}
}

void
shelf_clear(void)
{
	size_t i;

	for (i = 0; i < SHELF_SLOTS; i++) {
		shelf_drop(shelves[i].now);
		shelves[i].now = NULL;
	}
}

static int
compare(const struct record *r, struct mls_buf key)
{
	size_t n = r->key_len < key.len ? r->key_len : key.len;
	int d = n > 0 ? memcmp(r->data, key.data, n) : 0;

	return d != 0 ? d : (r->key_len > key.len) - (r->key_len < key.len);
}

/* The first record that is not below key. */
static size_t
seek(const struct shelf_version *v, struct mls_buf key)
{
	size_t low = 0, high = v->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare(v->v[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
shelf_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	unsigned long slot = SHELF_SLOTS;
	size_t i;

	(void)host;
	for (i = 0; i < n; i++)
		if (strcmp(params[i].name, "slot") == 0)
			slot = strtoul(params[i].value, NULL, 10);
	if (slot >= SHELF_SLOTS)
		return MLS_P_ARGUMENT;
	*ctx = &shelves[slot];
	return MLS_P_OK;
}

static void
shelf_fini(void *ctx)
{
	(void)ctx; /* the shelf stays */
}

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	struct shelf *s = ctx;
	struct mls_txn *t;

	if (writable && (s->writing ||
	    (shelf_fault.busy && shelf_fault.countdown == 0))) {
		shelf_fault.busy = false;
		return MLS_P_BUSY;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return MLS_P_NOMEM;
	t->shelf = s;
	t->writable = writable != 0;
	t->version = current(s);
	if (t->version == NULL) {
		free(t);
		return MLS_P_NOMEM;
	}
	s->writing = s->writing || t->writable;
	*out = t;
	return MLS_P_OK;
}

static struct mls_buf
key_of(const struct record *r)
{
	struct mls_buf b = { r->data, r->key_len };

	return b;
}

static int
show(const struct record *r, mls_record_fn fn, void *arg)
{
	struct mls_buf value = { r->data + r->key_len, r->value_len };

	return fn(arg, key_of(r), value);
}

static int
get(struct mls_txn *t, struct mls_buf key, mls_record_fn fn, void *arg)
{
	size_t i = seek(t->version, key);

	if (i == t->version->n || compare(t->version->v[i], key) != 0)
		return MLS_P_NOTFOUND;
	return show(t->version->v[i], fn, arg);
}

static int
scan(struct mls_txn *t, struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	size_t i;
	int rc;

	for (i = seek(t->version, prefix); i < t->version->n; i++) {
		if (t->version->v[i]->key_len < prefix.len || (prefix.len > 0 &&
		    memcmp(t->version->v[i]->data, prefix.data,
		    prefix.len) != 0))
			break;
		rc = show(t->version->v[i], fn, arg);
		if (rc != 0)
			return rc;
	}
	return MLS_P_OK;
}

/* Make the transaction's version its own, with room for one more. */
static int
own(struct mls_txn *t)
{
	struct shelf_version *copy;
	struct record **more;

	if (!t->writable)
		return MLS_P_ARGUMENT;
	if (!t->ours) {
		copy = version_new(t->version);
		if (copy == NULL)
			return MLS_P_NOMEM;
		shelf_drop(t->version);
		t->version = copy;
		t->ours = true;
	}
	more = realloc(t->version->v,
	    (t->version->n + 1) * sizeof(*more));
	if (more == NULL)
		return MLS_P_NOMEM;
	t->version->v = more;
	return MLS_P_OK;
}

static int
put(struct mls_txn *t, struct mls_buf key, struct mls_buf value)
{
	struct shelf_version *v;
	struct record *r;
	size_t i;
	int rc = own(t);

	if (rc != MLS_P_OK)
		return rc;
	r = malloc(sizeof(*r) + key.len + value.len);
	if (r == NULL)
		return MLS_P_NOMEM;
	r->refs = 1;
	r->key_len = key.len;
	r->value_len = value.len;
	if (key.len > 0)
		memcpy(r->data, key.data, key.len);
	if (value.len > 0)
		memcpy(r->data + key.len, value.data, value.len);
	v = t->version;
	i = seek(v, key);
	if (i < v->n && compare(v->v[i], key) == 0) {
		record_drop(v->v[i]);
	} else {
		memmove(v->v + i + 1, v->v + i, (v->n - i) * sizeof(*v->v));
		v->n++;
	}
	v->v[i] = r;
	return MLS_P_OK;
}

static int
del(struct mls_txn *t, struct mls_buf key)
{
	struct shelf_version *v;
	size_t i;
	int rc = own(t);

	if (rc != MLS_P_OK)
		return rc;
	v = t->version;
	i = seek(v, key);
	if (i == v->n || compare(v->v[i], key) != 0)
		return MLS_P_OK;
	record_drop(v->v[i]);
	v->n--;
	memmove(v->v + i, v->v + i + 1, (v->n - i) * sizeof(*v->v));
	return MLS_P_OK;
}

static void
rollback(struct mls_txn *t)
{
	if (t == NULL)
		return;
	shelf_drop(t->version);
	if (t->writable)
		t->shelf->writing = false;
	free(t);
}

static int
commit(struct mls_txn *t)
{
	struct shelf_version *old;
	int status = MLS_P_OK;
	bool written = true;

	if (t->writable && shelf_fault.countdown > 0 &&
	    --shelf_fault.countdown == 0) {
		status = shelf_fault.status;
		written = shelf_fault.written;
	}
	if (t->ours && written) {
		old = t->shelf->now;
		t->shelf->now = t->version;
		t->version = old;
	}
	rollback(t);
	return status;
}

static const struct mls_keystore_ops keystore = {
	.size = sizeof(keystore),
	.begin = begin,
	.get = get,
	.scan = scan,
	.put = put,
	.del = del,
	.commit = commit,
	.rollback = rollback,
};

const struct mls_provider shelf_provider = {
	MLS_PROVIDER_HEADER,
	.name = "shelf",
	.version = "1",
	.vendor = "tests",
	.init = shelf_init,
	.fini = shelf_fini,
	.keystore = &keystore,
};
