# SPDX-License-Identifier: MIT
# cmake -DROOT=<tree> -P layering.cmake
# Rooms include only leftwards and never their own umbrella; third parties and interop/ are included in interop/ and in
# the headers that a <room>_full.hpp lists, nowhere else;
# own headers are written <trimtab/...>; nobody outside a room names its detail namespace.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

set(opt_in "")
file(GLOB umbrellas ${ROOT}/include/trimtab/*_full.hpp)
foreach(umbrella IN LISTS umbrellas)
  file(STRINGS ${umbrella} lines REGEX "^#include <trimtab/[a-z]+/")
  list(TRANSFORM lines REPLACE "^#include <trimtab/([^>]+)>.*" "\\1")
  list(APPEND opt_in ${lines})
endforeach()

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include/trimtab ${ROOT}/include/trimtab/*.hpp)
foreach(header IN LISTS headers)
  string(REGEX MATCH "^[a-z]+" room ${header})
  list(FIND rooms ${room} rank)
  if(header MATCHES "^([a-z_]+)/" AND rank EQUAL -1 AND NOT room STREQUAL "interop")
    problem("${header}: there is no room called ${CMAKE_MATCH_1}")
  endif()
  code(${ROOT}/include/trimtab/${header} lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "^[ \t]*#[ \t]*include[ \t]*\"")
      problem("${header}: write own headers as <trimtab/...>: ${line}")
    elseif(line MATCHES "^[ \t]*#[ \t]*include[ \t]*<(Eigen|boost|xsimd|unsupported)/" AND NOT room STREQUAL "interop"
           AND NOT header IN_LIST opt_in)
      problem("${header}: third parties are included in interop/ and in what a <room>_full.hpp lists: ${line}")
    elseif(line MATCHES "^[ \t]*#[ \t]*include[ \t]*<trimtab/([a-z_]+)([/.])" AND NOT rank EQUAL -1)
      set(target ${CMAKE_MATCH_1})
      set(separator ${CMAKE_MATCH_2})
      list(FIND rooms ${target} target_rank)
      if(target_rank GREATER rank)
        problem("${header} (${room}) includes ${target}, a room to its right")
      elseif(target_rank EQUAL rank AND separator STREQUAL "." AND NOT header MATCHES "^[a-z]+_full[.]hpp$")
        problem("${header} includes its own umbrella")
      elseif(target STREQUAL "interop" AND header IN_LIST opt_in)
        # a bridge to a third party is needed where one is
      elseif(target_rank EQUAL -1 AND NOT target STREQUAL "version")
        problem("${header} (${room}) includes trimtab/${target}, which is no room")
      endif()
    endif()
  endforeach()
endforeach()

file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/include/*.hpp ${ROOT}/tests/*.[hc]pp ${ROOT}/examples/*.[hc]pp
     ${ROOT}/benchmarks/*.[hc]pp)
foreach(file IN LISTS files)
  string(REGEX REPLACE "^(include/trimtab|tests)/([a-z]+)[/.].*" "\\2" room ${file})
  code(${ROOT}/${file} lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "([a-z]+)::detail" AND CMAKE_MATCH_1 IN_LIST rooms AND NOT CMAKE_MATCH_1 STREQUAL room)
      problem("${file} names ${CMAKE_MATCH_1}::detail from outside that room")
    endif()
  endforeach()
endforeach()
verdict("room order")
