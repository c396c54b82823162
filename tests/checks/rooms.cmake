# SPDX-License-Identifier: MIT
# The rooms in their order; a room may include only itself and rooms to its left.
set(rooms core market health instrument liquidity oracle sensitivity forecast
          trigger sizing plan policy preset record fleet simulate)

# problem(<text>) notes a finding; verdict(<check>) ends the script with an error if there was any.
set(problems "")
function(problem text) # no macro: a macro would parse backslashes in the text once more
  set(problems "${problems}\n  ${text}" PARENT_SCOPE)
endfunction()
macro(verdict check)
  if(problems)
    message(FATAL_ERROR "${check}:${problems}")
  endif()
  message(STATUS "${check}: ok")
endmacro()

# code(<file> <variable>): its lines as a list, without // comments and the characters CMake lists trip over.
function(code file variable)
  file(READ "${file}" text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "[][;\\]" " " text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
