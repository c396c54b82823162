# SPDX-License-Identifier: MIT
# Installs BUILD into STAGE and moves the result to PREFIX.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${STAGE} ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${STAGE} COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${STAGE} ${PREFIX})

file(GLOB_RECURSE files ${PREFIX}/*.cmake ${PREFIX}/*.pc)
foreach(file IN LISTS files)
  file(READ ${file} text)
  foreach(leak trimtab_dev gtest ${BUILD} ${STAGE})
    string(FIND "${text}" "${leak}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} mentions ${leak}")
    endif()
  endforeach()
endforeach()
