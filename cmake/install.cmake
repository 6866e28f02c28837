# What is installed beside programs and libraries: the manual pages, and completion for bash and zsh.
include(GNUInstallDirs)
set(PVT_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh looks for completions")
file(GLOB pages1 CONFIGURE_DEPENDS docs/man/*.1)
file(GLOB pages3 CONFIGURE_DEPENDS docs/man/*.3)
install(FILES ${pages1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages3} DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
install(FILES completion/pvt.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pvt)
install(FILES completion/_pvt DESTINATION ${PVT_ZSH_DIR})
