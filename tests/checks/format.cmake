# SPDX-License-Identifier: MIT
# cmake -DROOT=<tree> -DCLANG_FORMAT=<clang-format 14> -P format.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

file(GLOB_RECURSE files ${ROOT}/include/*.[hc]pp ${ROOT}/tests/*.[hc]pp ${ROOT}/examples/*.[hc]pp
     ${ROOT}/benchmarks/*.[hc]pp)
execute_process(COMMAND ${CLANG_FORMAT} --style=file:${CMAKE_CURRENT_LIST_DIR}/../../.clang-format --dry-run -Werror
                ${files} RESULT_VARIABLE result ERROR_VARIABLE error)
if(NOT result EQUAL 0)
  problem("${error}")
endif()
verdict("clang-format")
