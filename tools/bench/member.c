/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

struct mls_buf
octets(const struct mls_bytes *b)
{
	struct mls_buf v = { b->data, b->len };

	return v;
}

/* path NULL: in memory. */
static void
make(struct member *m, struct world *w, uint32_t i, const char *path)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_key_package_options kp = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_param param = { "path", path };
	char name[32];

	snprintf(name, sizeof(name), "member-%06u", (unsigned)i);
	o.identity.data = (const uint8_t *)name;
	o.identity.len = strlen(name);
	o.keystore = path == NULL ? "memory" : "sqlite";
	if (path != NULL) {
		o.params = &param;
		o.n_params = 1;
	}
	memset(m, 0, sizeof(*m));
	must(w, mls_client_create(&m->client, w->context, &o), "a client");
	kp.suite = w->suite;
	must(w, mls_key_package_new(&m->package, m->client, &kp),
	    "a key package");
}

void
member_new(struct member *m, struct world *w, uint32_t i)
{
	char path[128];

	if (strcmp(w->keystore, "sqlite") == 0) {
		world_file(path, sizeof(path), w);
		make(m, w, i, path);
	} else {
		make(m, w, i, NULL);
	}
}

void
member_extra(struct member *m, struct world *w, uint32_t i)
{
	make(m, w, i, NULL);
}

struct mls_bytes
package_extra(struct world *w, uint32_t i)
{
	struct member m;
	struct mls_bytes b;

	make(&m, w, i, NULL);
	b = m.package;
	memset(&m.package, 0, sizeof(m.package));
	member_free(&m);
	return b;
}

void
member_at(struct member *m, struct world *w, uint32_t i, const char *path)
{
	make(m, w, i, path);
}

void
member_open(struct member *m, struct world *w, const char *path)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param param = { "path", path };

	o.keystore = "sqlite";
	o.params = &param;
	o.n_params = 1;
	memset(m, 0, sizeof(*m));
	must(w, mls_client_open(&m->client, w->context, &o), "a client");
}

void
member_free(struct member *m)
{
	mls_group_close(m->group);
	if (m->client != NULL)
		mls_client_close(m->client);
	mls_bytes_free(&m->package);
	memset(m, 0, sizeof(*m));
}

void
member_found(struct member *m, const struct world *w)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	o.suite = w->suite;
	must(w, mls_group_create(&m->group, m->client, &o), "create");
}

void
member_join(struct member *m, const struct world *w,
    const struct mls_bytes *welcome)
{
	struct mls_buf none = { NULL, 0 };
	mls_change *c;

	must(w, mls_group_join(&c, m->client, octets(welcome), none), "join");
	must(w, mls_change_apply(c), "join");
	must(w, mls_change_group(&m->group, c), "join");
	mls_change_drop(c);
}

mls_change *
member_commit(struct mls_bytes *message, struct mls_bytes *welcome,
    const struct member *m, const struct world *w,
    const struct mls_bytes *packages, size_t n, uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent *adds = must_alloc(n, sizeof(*adds));
	mls_change *c;
	size_t i;

	for (i = 0; i < n; i++) {
		adds[i].type = MLS_EFFECT_ADD;
		adds[i].key_package = octets(&packages[i]);
	}
	o.intents = adds;
	o.n_intents = n;
	o.flags = flags;
	must(w, mls_group_make_commit(&c, m->group, &o), "commit");
	must(w, mls_change_release(message, c), "commit");
	if (welcome != NULL)
		must(w, mls_change_welcome(welcome, c), "welcome");
	free(adds);
	return c;
}

mls_change *
member_process(const struct member *m, const struct world *w,
    const struct mls_bytes *message)
{
	mls_change *c;

	must(w, mls_group_process(&c, m->group, octets(message)), "process");
	return c;
}

mls_observer *
observe(const struct world *w, const struct member *m)
{
	struct mls_buf none = { NULL, 0 };
	struct mls_bytes info;
	mls_observer *o;

	must(w, mls_group_publish(&info, m->group, 0), "publish");
	must(w, mls_observer_new(&o, w->context, octets(&info), none, NULL),
	    "observe");
	mls_bytes_free(&info);
	return o;
}

void
change_take(mls_change *c, const struct world *w)
{
	must(w, mls_change_apply(c), "apply");
	mls_change_drop(c);
}

