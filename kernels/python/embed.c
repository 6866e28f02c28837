/*
 * The library is loaded for all to see, as extension modules need it: so its functions are found by name
 * again wherever they are called, and nothing has to be remembered in a global.
 */
#include "kernels/python/embed.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/python/find.h"

/* PyStatus and PyInterpreterConfig, as they have been since 3.12. */
struct python_status {
	int type; /* 0: it went well */
	const char *where, *message;
	int exit_code;
};

struct interpreter_config {
	int use_main_obmalloc, allow_fork, allow_exec, allow_threads, allow_daemon_threads,
		check_multi_interp_extensions, gil;
};

enum { LATER = 3 };   /* functions that are not in every Python 3 */
enum { OWN_GIL = 2 }; /* PyInterpreterConfig_OWN_GIL */

struct api {
	void (*initialize)(int);
	int (*is_initialized)(void);
	const char *(*version)(void);
	void *(*save_thread)(void);
	void (*restore_thread)(void *);
	int (*ensure)(void);
	void (*release)(int);
	void *(*import)(const char *);
	void *(*dict_new)(void);
	int (*dict_set)(void *, const char *, void *);
	void *(*dict_get)(void *, const char *);
	void *(*compile)(const char *, const char *, int);
	void *(*eval)(void *, void *, void *);
	void *(*build)(const char *, ...);
	void *(*call)(void *, void *);
	int (*is_callable)(void *);
	void *(*encode)(void *);
	char *(*bytes)(void *);
	unsigned long long (*to_number)(void *);
	void *(*failed)(void);
	void (*print_error)(void);
	void (*unref)(void *);
	void (*before_fork)(void);
	void (*after_fork_parent)(void);
	void (*after_fork_child)(void);
	/* NULL before 3.12: */
	void *(*this_thread)(void);
	struct python_status (*new_interpreter)(void **thread, const struct interpreter_config *config);
	void (*end_interpreter)(void *thread);
};

enum { FILE_INPUT = 257, UNLOCKED = 1 }; /* Py_file_input, PyGILState_UNLOCKED */

struct python_worker {
	struct api api;
	int gil;
	void *thread, *work;
	void *outside; /* this thread as the main interpreter knows it, where it has one of its own; NULL */
};

/* Returns the function `work`, or why there is none. */
static const char loader[] = "def load(source):\n"
			     "    space = {}\n"
			     "    try:\n"
			     "        exec(source, space)\n"
			     "        return space['work']\n"
			     "    except Exception as error:\n"
			     "        return '%s: %s' % (type(error).__name__, error)\n";

/* The name of the function that is missing, or NULL. */
static const char *find_functions(struct api *api)
{
	static const struct {
		const char *name;
		size_t offset;
	} functions[] = {
		{"Py_InitializeEx", offsetof(struct api, initialize)},
		{"Py_IsInitialized", offsetof(struct api, is_initialized)},
		{"Py_GetVersion", offsetof(struct api, version)},
		{"PyEval_SaveThread", offsetof(struct api, save_thread)},
		{"PyEval_RestoreThread", offsetof(struct api, restore_thread)},
		{"PyGILState_Ensure", offsetof(struct api, ensure)},
		{"PyGILState_Release", offsetof(struct api, release)},
		{"PyImport_ImportModule", offsetof(struct api, import)},
		{"PyDict_New", offsetof(struct api, dict_new)},
		{"PyDict_SetItemString", offsetof(struct api, dict_set)},
		{"PyDict_GetItemString", offsetof(struct api, dict_get)},
		{"Py_CompileString", offsetof(struct api, compile)},
		{"PyEval_EvalCode", offsetof(struct api, eval)},
		{"Py_BuildValue", offsetof(struct api, build)},
		{"PyObject_CallObject", offsetof(struct api, call)},
		{"PyCallable_Check", offsetof(struct api, is_callable)},
		{"PyUnicode_AsUTF8String", offsetof(struct api, encode)},
		{"PyBytes_AsString", offsetof(struct api, bytes)},
		{"PyLong_AsUnsignedLongLongMask", offsetof(struct api, to_number)},
		{"PyErr_Occurred", offsetof(struct api, failed)},
		{"PyErr_Print", offsetof(struct api, print_error)},
		{"Py_DecRef", offsetof(struct api, unref)},
		{"PyOS_BeforeFork", offsetof(struct api, before_fork)},
		{"PyOS_AfterFork_Parent", offsetof(struct api, after_fork_parent)},
		{"PyOS_AfterFork_Child", offsetof(struct api, after_fork_child)},
		/* LATER: */
		{"PyThreadState_Get", offsetof(struct api, this_thread)},
		{"Py_NewInterpreterFromConfig", offsetof(struct api, new_interpreter)},
		{"Py_EndInterpreter", offsetof(struct api, end_interpreter)},
	};

	size_t count = sizeof functions / sizeof *functions;
	for (size_t i = 0; i < count; i++) {
		void *found = dlsym(RTLD_DEFAULT, functions[i].name);

		if (!found && i + LATER < count)
			return functions[i].name;
		memcpy((char *)api + functions[i].offset, &found, sizeof found);
	}
	return NULL;
}

/* ---- forks, as the os module does them ---- */

static void before_fork(void)
{
	struct api api;

	if (find_functions(&api))
		return;
	api.ensure();
	api.before_fork();
}

static void after_fork_in_parent(void)
{
	struct api api;

	if (find_functions(&api))
		return;
	api.after_fork_parent();
	api.release(UNLOCKED);
}

static void after_fork_in_child(void)
{
	struct api api;

	if (find_functions(&api))
		return;
	api.after_fork_child();
	api.release(UNLOCKED);
}

/* ---- beginning ---- */

/* The user's variables for Python are not asked about, so that all processes run the same. */
static void set_variables(const struct python_place *place)
{
	for (char **variable = environ; variable && *variable;) {
		size_t length = strcspn(*variable, "=");
		char name[64];

		snprintf(name, sizeof name, "%.*s", (int)length, *variable);
		if (strncmp(name, "PYTHON", 6) == 0 && length < sizeof name && unsetenv(name) == 0)
			variable = environ; /* they have moved */
		else
			variable++;
	}
	setenv("PYTHONHOME", place->home, 1);
	setenv("PYTHONNOUSERSITE", "1", 1);
}

/* As -S: no code of installed packages, and a fraction of the time. Not part of the stable interface: where
 * it is gone, so be it. */
static void skip_site(void)
{
	int *no_site = dlsym(RTLD_DEFAULT, "Py_NoSiteFlag");

	if (no_site)
		*no_site = 1;
}

static int refuse(const struct python_place *place, const char *reason, char *why, size_t why_bytes)
{
	snprintf(why, why_bytes, "%.100s: %s", place->library, reason);
	return -EOPNOTSUPP;
}

static bool is_version(const struct api *api, const struct python_place *place)
{
	size_t length = strlen(place->version);
	const char *version = api->version();

	return strncmp(version, place->version, length) == 0 && version[length] == ' ';
}

int python_begin(const struct python_place *place, char *why, size_t why_bytes)
{
	struct api api;
	char reason[100];

	if (!dlopen(place->library, RTLD_NOW | RTLD_GLOBAL))
		return refuse(place, dlerror(), why, why_bytes);
	const char *missing = find_functions(&api);
	if (missing) {
		snprintf(reason, sizeof reason, "it has no %s", missing);
		return refuse(place, reason, why, why_bytes);
	}
	if (api.is_initialized())
		return 0;
	if (!is_version(&api, place)) {
		snprintf(reason, sizeof reason, "it is Python %.30s, and the program %s", api.version(),
			 place->version);
		return refuse(place, reason, why, why_bytes);
	}
	set_variables(place);
	skip_site();
	api.initialize(0); /* without its signal handlers */
	api.save_thread();
	return -pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* ---- a worker, which holds the GIL in the functions that follow ---- */

/* What load(source) returns, or NULL. */
static void *load(const struct api *api, const char *source)
{
	void *space = api->dict_new(), *builtins = api->import("builtins");
	void *code = api->compile(loader, "<pvt>", FILE_INPUT), *arguments = api->build("(s)", source);
	void *loaded = NULL, *done = NULL;

	if (space && builtins && code && arguments && api->dict_set(space, "__builtins__", builtins) == 0)
		done = api->eval(code, space, space);
	if (done)
		loaded = api->call(api->dict_get(space, "load"), arguments);
	if (!loaded)
		api->print_error();
	void *used[] = {space, builtins, code, arguments, done};
	for (size_t i = 0; i < sizeof used / sizeof *used; i++)
		api->unref(used[i]); /* NULL is nothing to it */
	return loaded;
}

static void tell(const struct api *api, void *text, char *why, size_t why_bytes)
{
	void *bytes = text ? api->encode(text) : NULL;

	snprintf(why, why_bytes, "%s", bytes ? api->bytes(bytes) : "Python failed; its message is above");
	api->unref(bytes);
}

/* Into an interpreter of this thread's own, with its own GIL; the caller holds the main one's, which it then
 * has no more. */
static int open_interpreter(struct python_worker *w, char *why, size_t why_bytes)
{
	static const struct interpreter_config config = {
		.allow_threads = 1, .check_multi_interp_extensions = 1, .gil = OWN_GIL};
	void *thread = NULL;

	if (!w->api.new_interpreter || !w->api.this_thread || !w->api.end_interpreter) {
		snprintf(why, why_bytes, "this Python has no sub-interpreters with a GIL of their own");
		return -EOPNOTSUPP;
	}
	w->outside = w->api.this_thread();
	struct python_status status = w->api.new_interpreter(&thread, &config);
	if (status.type == 0 && thread)
		return 0;
	w->outside = NULL;
	snprintf(why, why_bytes, "a sub-interpreter cannot be made: %s",
		 status.message ? status.message : "no reason is given");
	return -EOPNOTSUPP;
}

int python_enter(const char *source, bool own_gil, struct python_worker **entered, char *why,
		 size_t why_bytes)
{
	struct python_worker *w = calloc(1, sizeof *w);

	if (!w || find_functions(&w->api)) {
		free(w);
		return -ENOMEM;
	}
	w->gil = w->api.ensure();
	int error = own_gil ? open_interpreter(w, why, why_bytes) : 0;
	if (!error) {
		w->work = load(&w->api, source);
		if (!w->work || !w->api.is_callable(w->work)) {
			tell(&w->api, w->work, why, why_bytes);
			error = -EOPNOTSUPP;
		}
	}
	w->thread = w->api.save_thread();
	if (error)
		python_leave(w);
	else
		*entered = w;
	return error;
}

void python_leave(struct python_worker *w)
{
	w->api.restore_thread(w->thread);
	w->api.unref(w->work);
	if (w->outside) {
		w->api.end_interpreter(w->thread);
		w->api.restore_thread(w->outside);
	}
	w->api.release(w->gil);
	free(w);
}

uint64_t python_work(const struct python_worker *w, uint64_t begin, uint64_t end)
{
	uint64_t result = 0;

	w->api.restore_thread(w->thread);
	void *range = w->api.build("(KK)", (unsigned long long)begin, (unsigned long long)end);
	void *number = range ? w->api.call(w->work, range) : NULL;
	if (number)
		result = w->api.to_number(number);
	if (w->api.failed())
		w->api.print_error();
	w->api.unref(number);
	w->api.unref(range);
	w->api.save_thread();
	return result;
}
