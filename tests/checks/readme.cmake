# SPDX-License-Identifier: MIT
# cmake -DROOT=<tree> -P readme.cmake: every ```cpp block of README.md stands, line by line, in a file of examples/
# (indentation aside), so what the reader sees is what was compiled and run.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/rooms.cmake)

function(flatten variable) # no indentation, no blank lines, nothing that CMake lists trip over
  string(REGEX REPLACE "[][;\\]" "?" text "${${variable}}")
  string(REGEX REPLACE "[ \t]*\n[ \t\n]*" "\n" text "\n${text}\n")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(code "")
file(GLOB_RECURSE examples ${ROOT}/examples/*.cpp)
foreach(example IN LISTS examples)
  file(READ ${example} text)
  string(APPEND code "\n${text}")
endforeach()
flatten(code)

if(EXISTS ${ROOT}/README.md)
  file(READ ${ROOT}/README.md text)
  flatten(text)
  string(REPLACE "\n```cpp\n" ";" blocks "${text}")
  list(POP_FRONT blocks)
  foreach(block IN LISTS blocks)
    string(REGEX REPLACE "\n```.*" "\n" block "\n${block}")
    string(FIND "${code}" "${block}" at)
    if(at EQUAL -1)
      problem("README.md shows code that no example contains:${block}")
    endif()
  endforeach()
endif()
verdict("README code")
