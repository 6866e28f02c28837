#include "bench/plan/catalog.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "kernels/registry.h"

enum { NAME_MAX_LENGTH = 63 }; /* a worker's record of the job has room for it */

/* What dlopen has loaded belongs to the process, and so does this list of it. */
static struct {
	struct {
		const struct kernel *kernel;
		const char *file;
	} * entry;
	size_t count;
} added;

static size_t builtin_count(void)
{
	size_t n = 0;
	while (kernels_builtin[n])
		n++;
	return n;
}

const struct kernel *catalog_kernel(size_t index)
{
	size_t builtin = builtin_count();
	if (index < builtin)
		return kernels_builtin[index];
	return index - builtin < added.count ? added.entry[index - builtin].kernel : NULL;
}

const struct kernel *catalog_find(const char *name)
{
	const struct kernel *kernel;
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++)
		if (strcmp(kernel->name, name) == 0)
			return kernel;
	return NULL;
}

const char *catalog_plugin(const struct kernel *kernel)
{
	for (size_t i = 0; i < added.count; i++)
		if (added.entry[i].kernel == kernel)
			return added.entry[i].file;
	return NULL;
}

/* Names go into CSV, file names, lists separated by commas, regular expressions and plots: no other
 * characters. */
static bool is_name(const char *name)
{
	size_t length = 0;
	for (; name[length]; length++)
		if (!isalnum((unsigned char)name[length]) && !strchr("_.+-", name[length]))
			return false;
	return length > 0 && length <= NAME_MAX_LENGTH;
}

static int check_kernel(const struct kernel *kernel, size_t index, const char *file)
{
	if (kernel->abi != KERNEL_ABI)
		return complain(EXIT_UNUSABLE,
				"plug-in '%s', kernel %zu: built for ABI %u, this pvt has ABI %u; build it "
				"again with this pvt's <pvt/kernel.h>",
				file, index, kernel->abi, KERNEL_ABI);
	if (!kernel->name || !is_name(kernel->name))
		return complain(EXIT_UNUSABLE,
				"plug-in '%s', kernel %zu: its name is empty, longer than %d, or has other "
				"characters than letters, digits, '_', '.', '+' and '-'",
				file, index, NAME_MAX_LENGTH);
	if (!kernel->help || !kernel->item || !kernel->run)
		return complain(EXIT_UNUSABLE, "plug-in '%s', kernel '%s': lacks %s", file, kernel->name,
				!kernel->run    ? "run"
				: !kernel->help ? "help"
						: "item");
	const char *const texts[] = {kernel->help, kernel->item, kernel->size_unit, kernel->input};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && !text_is_plain(texts[i]))
			return complain(
				EXIT_UNUSABLE,
				"plug-in '%s', kernel '%s': its help, item, size_unit or input has control "
				"characters or is not UTF-8",
				file, kernel->name);
	const struct kernel *other = catalog_find(kernel->name);
	if (!other)
		return 0;
	const char *origin = catalog_plugin(other);
	return complain(EXIT_UNUSABLE,
			"plug-in '%s': there is a kernel '%s' already, %s%s; give one of them another name",
			file, kernel->name, origin ? "from " : "built in", origin ? origin : "");
}

static int add_kernel(const struct kernel *kernel, const char *file)
{
	void *more = realloc(added.entry, (added.count + 1) * sizeof *added.entry);
	if (!more)
		return complain(EXIT_UNUSABLE, "out of memory");
	added.entry = more;
	added.entry[added.count].kernel = kernel;
	added.entry[added.count++].file = file;
	return 0;
}

static bool is_loaded(const char *file)
{
	for (size_t i = 0; i < added.count; i++)
		if (strcmp(added.entry[i].file, file) == 0)
			return true;
	return false;
}

/* `file` is absolute: dlopen looks for a bare name in other places than the one that was meant. */
static int load(const char *file)
{
	void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!object)
		return complain(EXIT_UNUSABLE, "plug-in '%s' cannot be loaded: %s", file, dlerror());
	const struct kernel *const *list = dlsym(object, "pvt_kernels");
	if (!list || !*list)
		return complain(EXIT_UNUSABLE,
				"plug-in '%s' %s: it must export `const struct kernel *const pvt_kernels[]`, "
				"NULL-terminated",
				file, list ? "has an empty list of kernels" : "has no symbol pvt_kernels");
	int code = 0;
	for (size_t i = 0; list[i] && !code; i++) {
		code = check_kernel(list[i], i, file);
		if (!code)
			code = add_kernel(list[i], file);
	}
	return code;
}

/* What anyone may change is nobody's plug-in: it would run with the rights of who loads it. */
static int check_writable(const char *path, const char *what)
{
	struct stat st;
	if (stat(path, &st) != 0 || !(st.st_mode & S_IWOTH))
		return 0;
	return complain(EXIT_UNUSABLE,
			"%s '%s': anyone may write to it, and it would run with your rights; "
			"`chmod o-w` it first",
			what, path);
}

int catalog_load(const char *file)
{
	char *path = realpath(file, NULL); /* kept: the catalog names it as the kernels' origin */
	if (!path)
		return complain(EXIT_UNUSABLE, "plug-in '%s': %s", file, strerror(errno));
	if (is_loaded(path)) {
		free(path);
		return 0;
	}
	int code = check_writable(path, "plug-in");
	if (!code)
		code = load(path);
	if (!is_loaded(path))
		free(path);
	return code;
}

static int is_shared_object(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static int load_folder(const char *folder)
{
	struct dirent **entry;
	int code = check_writable(folder, "PVT_PLUGIN_PATH:");
	if (code)
		return code;
	int n = scandir(folder, &entry, is_shared_object, alphasort);
	if (n < 0)
		return complain(EXIT_UNUSABLE, "PVT_PLUGIN_PATH: '%s': %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *file = NULL;
		if (!code && asprintf(&file, "%s/%s", folder, entry[i]->d_name) < 0)
			code = complain(EXIT_UNUSABLE, "out of memory");
		if (!code)
			code = catalog_load(file);
		free(file);
		free(entry[i]);
	}
	free(entry);
	return code;
}

/* An empty entry is no folder; it does not mean the current one, from where nobody asked to load. */
int catalog_load_folders(const char *folders)
{
	int code = 0;
	char *copy = folders ? strdup(folders) : NULL, *rest = copy, *folder;
	if (folders && !copy)
		return complain(EXIT_UNUSABLE, "out of memory");
	while (!code && (folder = strsep(&rest, ":")))
		code = *folder ? load_folder(folder) : 0;
	free(copy);
	return code;
}

const struct kernel *catalog_find_in(const char *name, const char *plugin)
{
	return *plugin && catalog_load(plugin) ? NULL : catalog_find(name);
}
