# SPDX-License-Identifier: MIT
# cmake -DROOT=<tree> -P banned.cmake: spellings that were measured to be wrong or that the design excludes.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/include/*.hpp ${ROOT}/tests/*.[hc]pp ${ROOT}/examples/*.[hc]pp
     ${ROOT}/benchmarks/*.[hc]pp)
foreach(file IN LISTS files)
  code(${ROOT}/${file} lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "xsimd::(erfc?|pow)[^a-z_]")
      problem("${file}: xsimd::${CMAKE_MATCH_1} is inaccurate in every version: ${line}")
    endif()
    if(file MATCHES "^include/" AND line MATCHES "^[ \t]*#[ \t]*include <(iostream|functional|ranges|regex|format)>")
      problem("${file}: <${CMAKE_MATCH_1}> is too heavy for a header")
    endif()
    if(file MATCHES "^include/" AND line MATCHES "(^|[^a-zA-Z_])throw([^a-zA-Z_]|$)")
      problem("${file}: nothing is thrown in include/: ${line}")
    endif()
  endforeach()
endforeach()
verdict("banned spellings")
