# SPDX-License-Identifier: MIT
# cmake -DPROGRAM=… -DEXPECTED=… -P run.cmake: runs PROGRAM; its output must equal the file EXPECTED where that exists.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE output RESULT_VARIABLE result ECHO_OUTPUT_VARIABLE)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result}")
endif()
if(EXISTS "${EXPECTED}")
  file(READ "${EXPECTED}" expected)
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "the output differs from ${EXPECTED}:\n${expected}")
  endif()
endif()
