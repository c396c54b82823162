# SPDX-License-Identifier: MIT
# A room's headers that need a third party are listed in <room>_full.hpp, all others in <room>.hpp.
include_guard()

# trimtab_opt_in_headers(<include directory> <variable>): every <room>_full.hpp and the headers that only it lists.
function(trimtab_opt_in_headers include_dir variable)
  file(GLOB umbrellas CONFIGURE_DEPENDS ${include_dir}/trimtab/*_full.hpp)
  set(found ${umbrellas})
  foreach(umbrella IN LISTS umbrellas)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${umbrella})
    file(STRINGS ${umbrella} lines REGEX "^#include <trimtab/[a-z]+/[a-z0-9_]+[.]hpp>")
    list(TRANSFORM lines REPLACE "^#include <([^>]+)>.*" "${include_dir}/\\1")
    list(APPEND found ${lines})
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()
