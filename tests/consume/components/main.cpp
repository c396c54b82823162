// SPDX-License-Identifier: MIT
// Every third party through its component, with warnings as errors: their headers must arrive as system headers.
#include <Eigen/Core>
#include <boost/math/differentiation/autodiff.hpp>
#include <boost/version.hpp>
#include <xsimd/xsimd.hpp>

#include <cstdio>

#if __has_include(<trimtab/all.hpp>)
#include <trimtab/all.hpp>
#endif

int main() {
  std::printf("xsimd %d, boost %d, eigen %d\n", XSIMD_VERSION_MAJOR, BOOST_VERSION, EIGEN_WORLD_VERSION);
  return 0;
}
