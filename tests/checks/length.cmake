# SPDX-License-Identifier: MIT
# cmake -DROOT=<tree> -P length.cmake: a header of more than 250 lines should be split, of more than 300 must be.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

file(GLOB_RECURSE headers ${ROOT}/include/*.hpp)
foreach(header IN LISTS headers)
  file(READ ${header} text)
  string(REGEX REPLACE "[^\n]" "" text "${text}")
  string(LENGTH "${text}" lines)
  if(lines GREATER 300)
    problem("${header}: ${lines} lines, more than 300")
  elseif(lines GREATER 250)
    message(STATUS "warning: ${header}: ${lines} lines, more than 250")
  endif()
endforeach()
verdict("header length")
