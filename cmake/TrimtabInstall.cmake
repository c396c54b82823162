# SPDX-License-Identifier: MIT
# Headers, package files and pkg-config. Components are looked up by the consumer, so installing needs no third party.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/trimtab)

install(TARGETS trimtab EXPORT trimtabTargets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# Also those that need third parties: what is missing shows when they are included, not when the package is found.
install(DIRECTORY include/trimtab DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT trimtabTargets NAMESPACE trimtab:: DESTINATION ${package_dir})

configure_package_config_file(cmake/trimtabConfig.cmake.in trimtabConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(trimtabConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/trimtabConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/trimtabConfigVersion.cmake
              cmake/TrimtabComponents.cmake DESTINATION ${package_dir})

file(RELATIVE_PATH pc_to_prefix "/p/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/p") # relative: an installed tree can be moved
configure_file(cmake/trimtab.pc.in trimtab.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/trimtab.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
