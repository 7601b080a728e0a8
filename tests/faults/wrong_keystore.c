/* SPDX-License-Identifier: MIT */
/* A keystore with one fault; see wrong.h. */
#include <stdio.h>

#include "wrong.h"

#define OPS(w) ((w)->good->keystore)

/* What the descriptor says of it. */
#ifndef FLAGS
#define FLAGS 0
#endif

struct mls_txn {
	struct wrong *w;
	struct mls_txn *good;
	bool writable;
};

/* One store, whatever the path. */
static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct mls_param same[16];
	char path[300], *end;
	size_t i;
	bool fixed = false;

	for (i = 0; i < n && i < 16; i++) {
		same[i] = params[i];
		if (strcmp(params[i].name, "fault") == 0)
			fixed = strcmp(params[i].value, "one-store") == 0;
	}
	for (i = 0; i < n && i < 16 && fixed; i++) {
		if (strcmp(params[i].name, "path") != 0)
			continue;
		copy_text(path, sizeof(path), params[i].value);
		end = strstr(path, "/other/");
		if (end != NULL)
			memcpy(end, "/case/store", sizeof("/case/store"));
		same[i].value = path;
	}
	return wrong_init(host, same, n, ctx);
}

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	struct wrong *w = ctx;
	struct mls_txn *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return MLS_P_NOMEM;
	t->w = w;
	t->writable = writable;
	rc = OPS(w)->begin(w->ctx, writable, &t->good);
	if (rc == MLS_P_BUSY && fault_is(w, "busy"))
		rc = MLS_P_IO;
	if (rc == MLS_P_OK && fault_is(w, "nothing")) {
		OPS(w)->rollback(t->good);
		free(t);
		return rc;
	}
	if (rc != MLS_P_OK)
		free(t);
	else
		*out = t;
	return rc;
}

/* Commits what was written, and begins anew. */
static int
commit_now(struct mls_txn *t)
{
	int rc = OPS(t->w)->commit(t->good);

	return rc == MLS_P_OK ? OPS(t->w)->begin(t->w->ctx, 1, &t->good) : rc;
}

/* Calls that a scan passes on. */
struct pass {
	struct wrong *w;
	mls_record_fn fn;
	void *arg;
	uint8_t key[600], *value; /* kept back */
	size_t key_len, value_len;
	int n;
};

static int
pass_on(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct pass *p = arg;
	int rc;

	/* The first comes behind all others. */
	if (p->n++ == 0 && fault_is(p->w, "order") &&
	    key.len <= sizeof(p->key)) {
		p->value = malloc(value.len + 1);
		memcpy(p->key, key.data, key.len);
		memcpy(p->value, value.data, value.len);
		p->key_len = key.len;
		p->value_len = value.len;
		return 0;
	}
	rc = p->fn(p->arg, key, value);
	return fault_is(p->w, "callback") ? 0 : rc;
}

static int
get(struct mls_txn *t, struct mls_buf key, mls_record_fn fn, void *arg)
{
	int rc = OPS(t->w)->get(t->good, key, fn, arg);

	if (rc == MLS_P_NOTFOUND && fault_is(t->w, "another"))
		return fn(arg, (struct mls_buf){ NULL, 0 }, key);
	return rc == MLS_P_NOTFOUND && fault_is(t->w, "absent") ? MLS_P_OK :
	    rc;
}

static int
scan(struct mls_txn *t, struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	struct pass p = { .w = t->w, .fn = fn, .arg = arg };
	struct mls_buf key = { p.key, 0 }, value = { NULL, 0 };
	int rc;

	if (fault_is(t->w, "prefix") && prefix.len > 0)
		prefix.len--;
	rc = OPS(t->w)->scan(t->good, prefix, pass_on, &p);
	if (rc == 0 && p.value != NULL) {
		key.len = p.key_len;
		value.data = p.value;
		value.len = p.value_len;
		rc = fn(arg, key, value);
	}
	free(p.value);
	return rc;
}

/* A journal that nobody empties. */
static void
remember(const struct wrong *w, struct mls_buf value)
{
	char name[300];
	FILE *f;

	snprintf(name, sizeof(name), "%s-log", w->path);
	f = fopen(name, "ab");
	if (f == NULL)
		return;
	fwrite(value.data, 1, value.len, f);
	fclose(f);
}

static int
put(struct mls_txn *t, struct mls_buf key, struct mls_buf value)
{
	struct wrong *w = t->w;
	int rc;

	if (fault_is(w, "status"))
		return 77;
	if (fault_is(w, "empty") && value.len == 0)
		return OPS(w)->del(t->good, key);
	if (fault_is(w, "cut") && value.len > 65535)
		value.len = 65535;
	rc = OPS(w)->put(t->good, key, value);
	if (fault_is(w, "remains"))
		remember(w, value);
	if (rc == MLS_P_OK && fault_is(w, "torn") && t->writable)
		rc = commit_now(t);
	return rc;
}

static int
del(struct mls_txn *t, struct mls_buf key)
{
	return OPS(t->w)->del(t->good, key);
}

static int
commit(struct mls_txn *t)
{
	struct wrong *w = t->w;
	int rc = MLS_P_OK;

	if (fault_is(w, "forgets") && t->writable)
		OPS(w)->rollback(t->good);
	else
		rc = OPS(w)->commit(t->good);
	free(t);
	return rc;
}

static void
rollback(struct mls_txn *t)
{
	if (t == NULL)
		return;
	if (fault_is(t->w, "rollback"))
		OPS(t->w)->commit(t->good);
	else
		OPS(t->w)->rollback(t->good);
	free(t);
}

static const struct mls_keystore_ops ops = {
	sizeof(ops), begin, get, scan, put, del, commit, rollback,
};

MLS_PROVIDER(wrong) = {
	MLS_PROVIDER_HEADER,
	.name = "wrong",
	.flags = FLAGS,
	.init = init,
	.fini = wrong_fini,
	.keystore = &ops,
};
