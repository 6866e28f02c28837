# Run at each build: writes version.h with the commit, and touches it only when something changed.
execute_process(COMMAND git describe --always --dirty --abbrev=12 WORKING_DIRECTORY ${SOURCE_DIR}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#ifndef PVT_VERSION_H
#define PVT_VERSION_H
#define PVT_VERSION "@VERSION@"
#define PVT_COMMIT "@commit@"
#define PVT_BUILD_TYPE "@BUILD_TYPE@"
#define PVT_COMPILER "@COMPILER@"
#define PVT_FLAGS "@FLAGS@"
#endif
]] @ONLY)
