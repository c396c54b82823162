// SPDX-License-Identifier: MIT
// What a consumer writes: the README's example, and the version the package claims.
#if __has_include(<trimtab/trimtab.hpp>)
#include "../../examples/readme.cpp"
#else
int main() {}
#endif
#include <trimtab/version.hpp>

static_assert(TRIMTAB_VERSION_MAJOR == 0);
