# Read by CPack when it packs: what it uses in place of dpkg-shlibdeps.
set(SHLIBDEPS_EXECUTABLE ${CMAKE_CURRENT_LIST_DIR}/shlibdeps)
# The modules of MPI have no soname, and need none: nobody links to them.
set(CMAKE_SUPPRESS_DEVELOPER_WARNINGS ON CACHE INTERNAL "" FORCE)
