/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

const char *group_name = "history";
struct place place;
struct dice dice;
static uint64_t die_state;
static const char *crypto_names = "openssl", *executor_name = "serial";

NEVER_RETURNS static void
bad_usage(const char *program, const char *usage, int status)
{
	fprintf(status == 0 ? stdout : stderr, "usage: %s [OPTION...]\n%s",
	    program, usage);
	exit(status);
}

static bool
read_number(const char *name, const char *option, const char *value,
    unsigned *out)
{
	if (strcmp(name, option) != 0)
		return false;
	*out = (unsigned)strtoul(value, NULL, 10);
	return true;
}

static bool
read_text(const char *name, const char *option, const char *value,
    const char **out)
{
	if (strcmp(name, option) != 0)
		return false;
	*out = value;
	return true;
}

static bool
read_option(struct options *o, const char *name, const char *value)
{
	static const char *const stores[] = { "shelf", "memory", "sqlite" };
	unsigned i;

	if (strcmp(name, "--seed") == 0) {
		o->seed = strtoull(value, NULL, 0);
		return true;
	}
	if (strcmp(name, "--rng-seed") == 0) {
		o->rng_seed = strtoull(value, NULL, 0);
		return o->rng_seeded = true;
	}
	if (strcmp(name, "--store") == 0) {
		for (i = 0; i < 3; i++)
			if (strcmp(value, stores[i]) == 0)
				o->store = (int)i;
		return o->store >= 0;
	}
	if (strcmp(name, "--crypto") == 0) {
		crypto_names = value;
		return true;
	}
	if (strcmp(name, "--executor") == 0) {
		executor_name = value;
		return true;
	}
	if (read_number(name, "--suite", value, &o->suite_from)) {
		o->suite_to = o->suite_from;
		if (strchr(value, '-') != NULL)
			o->suite_to = (unsigned)strtoul(
			    strchr(value, '-') + 1, NULL, 10);
		return o->suite_from >= 1 && o->suite_from <= o->suite_to;
	}
	return read_number(name, "--epochs", value, &o->epochs) ||
	    read_number(name, "--members", value, &o->members) ||
	    read_number(name, "--stride", value, &o->stride) ||
	    read_number(name, "--steps", value, &o->steps) ||
	    read_number(name, "--every", value, &o->every) ||
	    read_text(name, "--providers", value, &o->providers) ||
	    read_text(name, "--sign", value, &o->sign) ||
	    read_text(name, "--token", value, &o->token) ||
	    read_text(name, "--verify-with", value, &o->verify_with);
}

void
options_read(struct options *o, int argc, char **argv, const char *usage)
{
	int i;

	o->program = strrchr(argv[0], '/') != NULL ?
	    strrchr(argv[0], '/') + 1 : argv[0];
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			bad_usage(o->program, usage, 0);
		if (strcmp(argv[i], "--verbose") == 0)
			o->verbose = true;
		else if (strcmp(argv[i], "--observe") == 0)
			o->observe = true;
		else if (strcmp(argv[i], "--digest") == 0)
			o->digest = true;
		else if (i + 1 == argc || !read_option(o, argv[i],
		    argv[i + 1]))
			bad_usage(o->program, usage, 2);
		else
			i++;
	}
	if (o->stride == 0 || o->members < 2 || o->members > SHELF_SLOTS)
		bad_usage(o->program, usage, 2);
	place.program = o->program;
	place.seed = o->seed;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

void
die(const char *file, int line, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: --seed %llu, suite %u, epoch %u, step %lu, "
	    "while %s:\n%s:%d: ", place.program,
	    (unsigned long long)place.seed, place.suite, place.epoch,
	    place.step, place.doing != NULL ? place.doing : "starting", file,
	    line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

const char *
error_name(int rc)
{
	const struct mls_error_info *e = mls_error_info(rc);

	return rc == 0 ? "success" : e != NULL ? e->name : "no error of the "
	    "table";
}

void
must_be(const char *file, int line, const char *call, int rc, int want)
{
	if (rc != want)
		die(file, line, "%s: %s, not %s", call, error_name(rc),
		    error_name(want));
}

/* splitmix64 */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
draw64(void)
{
	return next(&die_state);
}

unsigned
draw(unsigned n)
{
	return n == 0 ? 0 : (unsigned)(draw64() % n);
}

bool
chance(unsigned percent)
{
	return draw(100) < percent;
}

void
draw_seed(uint64_t seed)
{
	die_state = seed;
	dice.state = ~seed;
	dice.countdown = 0;
}

void
draw_octets(uint8_t *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)draw64();
}

void
shuffle(unsigned *v, unsigned n)
{
	unsigned i, j;

	for (i = 0; i < n; i++) {
		j = draw(i + 1);
		v[i] = v[j];
		v[j] = i;
	}
}

static int
dice_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = &dice;
	return MLS_P_OK;
}

static void
dice_fini(void *ctx)
{
	(void)ctx;
}

static int
dice_fill(void *ctx, uint8_t *out, size_t len)
{
	struct dice *d = ctx;
	size_t i;

	d->draws++;
	if (d->countdown > 0 && --d->countdown == 0)
		return MLS_P_IO;
	for (i = 0; i < len; i++)
		out[i] = (uint8_t)next(&d->state);
	return MLS_P_OK;
}

static const struct mls_rng_ops dice_ops = { sizeof(dice_ops), dice_fill };

const struct mls_provider dice_provider = {
	MLS_PROVIDER_HEADER,
	.name = "dice",
	.version = "1",
	.vendor = "tests",
	.init = dice_init,
	.fini = dice_fini,
	.rng = &dice_ops,
};

static int
accept_all(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

const char *
provider_folder(void)
{
	const char *folder = getenv("MLS_TEST_PROVIDERDIR");

	return folder != NULL ? folder : getenv("MLS_PROVIDER_DIR");
}

const char *
crypto_default(void)
{
	const char *name = getenv("MLS_TEST_CRYPTO");

	return name != NULL ? name : crypto_names;
}

static int
try_routed(mls_context **out, const struct mls_policy *policy,
    const struct mls_provider *crypto, const char *route)
{
	static const uint16_t extensions[] = { TEST_EXTENSION };
	const struct mls_provider *providers[] = { &shelf_provider,
		&dice_provider, crypto, NULL };
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = *policy;
	char config[1200];

	snprintf(config, sizeof(config), "[provider memory]\n"
	    "module = memory.so\n[provider sqlite]\nmodule = sqlite.so\n"
	    "[provider openssl]\nmodule = openssl.so\n"
	    "[provider gcrypt]\nmodule = gcrypt.so\n"
	    "[provider sodium]\nmodule = sodium.so\n"
	    "[provider evercrypt]\nmodule = evercrypt.so\n"
	    "[provider awslc]\nmodule = awslc.so\n"
	    "[route]\nkeystore = shelf\nrng = dice\nexecutor = %s\n%.700s",
	    executor_name, route);
	if (p.credential == NULL)
		p.credential = accept_all;
	p.extensions = extensions;
	p.n_extensions = 1;
	o.no_files = 1;
	o.config_text = config;
	o.provider_dir = provider_folder();
	o.providers = providers;
	o.policy = &p;
	return mls_context_new(out, &o);
}

int
context_try(mls_context **out, const struct mls_policy *policy,
    const struct mls_provider *crypto)
{
	char route[200];

	snprintf(route, sizeof(route), "crypto = %.180s\n",
	    crypto != NULL ? crypto->name : crypto_default());
	return try_routed(out, policy, crypto, route);
}

mls_context *
context_open(const struct mls_policy *policy,
    const struct mls_provider *crypto)
{
	mls_context *c;

	must(context_try(&c, policy, crypto));
	return c;
}

mls_context *
context_routed(const struct mls_policy *policy, const char *route)
{
	mls_context *c;

	must(try_routed(&c, policy, NULL, route));
	return c;
}

void
folder_new(char *out, size_t cap)
{
	const char *where = getenv("TMPDIR");

	snprintf(out, cap, "%s/%s.XXXXXX", where != NULL &&
	    strlen(where) < 40 ? where : "/tmp", place.program);
	check(mkdtemp(out) != NULL);
}

void
folder_remove(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[512];

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(folder);
}

static void
client_open(struct person *p, bool fresh)
{
	static const char *const names[] = { "shelf", "memory", "sqlite" };
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param params[2] = { { "slot", NULL }, { "path", NULL } };
	char slot[16];

	snprintf(slot, sizeof(slot), "%u", p->slot);
	params[0].value = slot;
	params[1].value = p->path;
	o.identity = text(p->name);
	o.keystore = names[p->store];
	o.params = p->store == STORE_SQLITE ? &params[1] : params;
	o.n_params = p->store == STORE_MEMORY ? 0 : 1;
	if (fresh)
		must(mls_client_create(&p->client, p->context, &o));
	else
		must(mls_client_open(&p->client, p->context, &o));
}

void
person_new(struct person *p, mls_context *context, unsigned id,
    enum store_kind store, const char *folder)
{
	char psk[8], value[32];
	unsigned i;

	memset(p, 0, sizeof(*p));
	p->context = context;
	p->id = p->slot = id;
	p->store = store;
	snprintf(p->name, sizeof(p->name), "person %u", id);
	snprintf(p->path, sizeof(p->path), "%s/%u.db",
	    folder != NULL ? folder : "", id);
	client_open(p, true);
	for (i = 0; i < PSKS; i++) {
		snprintf(psk, sizeof(psk), "psk%u", i);
		snprintf(value, sizeof(value), "the value of psk %u", i);
		must(mls_psk_put(p->client, text(psk), text(value)));
	}
}

void
person_free(struct person *p)
{
	mls_group_close(p->group);
	mls_client_close(p->client);
	p->group = NULL;
	p->client = NULL;
}

void
person_crash(struct person *p, bool whole)
{
	bool had = p->group != NULL;

	mls_group_close(p->group);
	p->group = NULL;
	if (whole && p->store != STORE_MEMORY) {
		mls_client_close(p->client);
		client_open(p, false);
	}
	if (had)
		must(mls_group_open(&p->group, p->client, text(group_name)));
}

struct mls_bytes
person_package(struct person *p, uint16_t suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes b;

	o.suite = suite;
	must(mls_key_package_new(&b, p->client, &o));
	return b;
}

struct mls_group_info_view
view(const struct person *p)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;

	must(mls_group_info(&v, p->group));
	return v;
}

void
stand_of(struct stand *out, const struct person *p)
{
	struct mls_group_info_view v = view(p);

	memset(out, 0, sizeof(*out));
	out->epoch = v.epoch;
	out->members = v.members;
	out->width = v.width;
	check(v.tree_hash.len <= sizeof(out->tree_hash));
	memcpy(out->tree_hash, v.tree_hash.data, v.tree_hash.len);
	check(v.authenticator.len <= sizeof(out->authenticator));
	memcpy(out->authenticator, v.authenticator.data,
	    v.authenticator.len);
	must(mls_group_export(out->exported, sizeof(out->exported), p->group,
	    "history", text("context")));
}

void
stands_agree(const struct person *p, const struct stand *a,
    const struct stand *b)
{
	const char *what = NULL;

	if (a->epoch != b->epoch)
		what = "epoch";
	else if (a->members != b->members || a->width != b->width)
		what = "members";
	else if (memcmp(a->tree_hash, b->tree_hash, 64) != 0)
		what = "tree hash";
	else if (memcmp(a->authenticator, b->authenticator, 64) != 0)
		what = "epoch authenticator";
	else if (memcmp(a->exported, b->exported, 32) != 0)
		what = "exported secret";
	if (what != NULL)
		die(__FILE__, __LINE__, "%s has another %s", p->name, what);
}
