# `make package`: one .deb with the program, the pool library, headers, manual pages and completions. What it depends on
# dpkg-shlibdeps finds out; gnuplot is a program that pvt starts, so it is named here. MPI is for those who have it: the modules
# for those libraries that are here are in the package, the libraries are suggested.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pvt)
set(CPACK_PACKAGE_CONTACT "The pvt authors <pvt@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "processes vs threads, measured on your own machine")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "gnuplot-nox | gnuplot")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS fonts-dejavu-core)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "openmpi-bin, mpich")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/package-config.cmake)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"The same pieces of work run as threads, forked processes, spawned programs and
pools of both, every worker pinned and every result verified. What comes out is
CSV, plots and a page of findings. Kernels of your own are loaded as plug-ins.
With Open MPI or MPICH the same work also runs as ranks, on several hosts.
.
The package also has the pool library, threads or processes behind one
interface, with its headers.")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/package-finish.cmake)
set(CPACK_PVT_SOURCE_DIR ${PROJECT_SOURCE_DIR})
include(CPack)
