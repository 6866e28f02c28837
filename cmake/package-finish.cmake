# Run by CPack on the tree that it is about to pack: what Debian wants of a package beside the installed files.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/man/*.[1-9])
set(doc ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/doc/${CPACK_PACKAGE_NAME})
file(MAKE_DIRECTORY ${doc})
file(COPY_FILE ${CPACK_PVT_SOURCE_DIR}/LICENSE ${doc}/copyright)
file(COPY_FILE ${CPACK_PVT_SOURCE_DIR}/CHANGELOG.md ${doc}/changelog)
execute_process(COMMAND gzip -9n ${pages} ${doc}/changelog COMMAND_ERROR_IS_FATAL ANY)
