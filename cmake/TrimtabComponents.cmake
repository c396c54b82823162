# SPDX-License-Identifier: MIT
# Third parties of the opt-in headers. The source tree and the installed package both use this file.
include_guard()

# Provides `target` (header-only): the parent project's own -> find_package -> pinned headers (source tree only).
# On failure leaves the target undefined and says why in trimtab_component_problem.
function(_trimtab_third_party target)
  cmake_parse_arguments(PARSE_ARGV 1 dep "" "PACKAGE;MIN;DEBIAN;REPOSITORY;COMMIT;INCLUDE;DEFINE" "")
  if(TARGET ${target})
    return()
  endif()
  find_package(${dep_PACKAGE} CONFIG QUIET GLOBAL) # no version: xsimd's version file refuses every newer major
  if(NOT TARGET ${target} AND TARGET ${dep_PACKAGE})
    # xsimd's target has no namespace, and in 8.x its link line names an xtl that nobody looked for: take the path only.
    get_target_property(dir ${dep_PACKAGE} INTERFACE_INCLUDE_DIRECTORIES)
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} INTERFACE ${dir})
  endif()
  if(TARGET ${target})
    if(${dep_PACKAGE}_VERSION AND ${dep_PACKAGE}_VERSION VERSION_LESS dep_MIN)
      message(FATAL_ERROR "trimtab needs ${dep_PACKAGE} ${dep_MIN} or newer, found ${${dep_PACKAGE}_VERSION}")
    endif()
    return()
  endif()
  if(NOT TRIMTAB_FETCH_DEPS)
    set(trimtab_component_problem "${dep_PACKAGE} ${dep_MIN} not found (Debian: ${dep_DEBIAN})" PARENT_SCOPE)
    return()
  endif()
  include(FetchContent)
  string(TOLOWER "trimtab_${dep_PACKAGE}" name)
  FetchContent_Declare(${name} GIT_REPOSITORY ${dep_REPOSITORY} GIT_TAG ${dep_COMMIT} SOURCE_SUBDIR no-cmake-here)
  FetchContent_MakeAvailable(${name}) # download only: its CMake files are not run
  add_library(${target} INTERFACE IMPORTED GLOBAL) # imported, so system headers: our warnings stay out of them
  target_include_directories(${target} INTERFACE "${${name}_SOURCE_DIR}/${dep_INCLUDE}")
  target_compile_definitions(${target} INTERFACE ${dep_DEFINE})
endfunction()

# trimtab_component(<xsimd|autodiff|eigen|all> <include directory of trimtab>) defines trimtab::<name>.
function(trimtab_component name include_dir)
  if(TARGET trimtab::${name})
    return()
  endif()
  set(header interop/${name}.hpp)
  if(name STREQUAL "xsimd")
    set(links xsimd::xsimd)
    _trimtab_third_party(xsimd::xsimd PACKAGE xsimd MIN 8.1 DEBIAN libxsimd-dev INCLUDE include
      REPOSITORY https://github.com/xtensor-stack/xsimd.git COMMIT 1f8dd9c8e162968d9b4ff0251c56d431b8777f36) # 13.2.0
  elseif(name STREQUAL "autodiff")
    set(links Boost::headers)
    _trimtab_third_party(Boost::headers PACKAGE Boost MIN 1.74 DEBIAN libboost-dev INCLUDE include
      REPOSITORY https://github.com/boostorg/math.git COMMIT e0fcd19f7227d81391770ea46015acc3c80af810 # 1.90.0
      DEFINE BOOST_MATH_STANDALONE=1)
  elseif(name STREQUAL "eigen")
    set(links Eigen3::Eigen)
    _trimtab_third_party(Eigen3::Eigen PACKAGE Eigen3 MIN 3.4 DEBIAN libeigen3-dev INCLUDE .
      REPOSITORY https://gitlab.com/libeigen/eigen.git COMMIT 3147391d946bb4b6c68edd901f2add6ac1f31f8c) # 3.4.0
  elseif(name STREQUAL "all")
    set(header all.hpp)
    set(links trimtab::xsimd trimtab::autodiff trimtab::eigen)
    foreach(part xsimd autodiff eigen)
      trimtab_component(${part} "${include_dir}")
    endforeach()
  else()
    set(trimtab_component_problem "no component is called ${name}")
  endif()

  set(missing ${links})
  foreach(link IN LISTS links)
    if(TARGET ${link})
      list(REMOVE_ITEM missing ${link})
    endif()
  endforeach()
  if(trimtab_component_problem OR missing)
    set(trimtab_component_problem "${trimtab_component_problem}" PARENT_SCOPE)
  elseif(TARGET trimtab) # source tree
    add_library(trimtab_${name} INTERFACE)
    add_library(trimtab::${name} ALIAS trimtab_${name})
    target_link_libraries(trimtab_${name} INTERFACE trimtab::trimtab ${links})
    set(files "${include_dir}/trimtab/${header}")
    if(name STREQUAL "all")
      trimtab_opt_in_headers("${include_dir}" opt_in)
      list(APPEND files ${opt_in})
    endif()
    target_sources(trimtab_${name} INTERFACE FILE_SET HEADERS BASE_DIRS "${include_dir}" FILES ${files})
  else() # installed package
    add_library(trimtab::${name} INTERFACE IMPORTED)
    target_link_libraries(trimtab::${name} INTERFACE trimtab::trimtab ${links})
  endif()
endfunction()
