// SPDX-License-Identifier: MIT
// Shares of weighted pools against 40-digit references.
#include <gtest/gtest.h>

#include <trimtab/instrument/weighted_pool_share.hpp>

#include "support/tolerance.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using test::number_of;
using test::row;

TEST(WeightedPoolShareVectors, AgreeWithFortyDigitReferences) {
  test::vector_file file("math/weighted_pool.csv");
  constexpr double eps = test::tolerance<double>::epsilon;
  for (const row& r : file.rows()) {
    const auto doubles = [&](const char* column) {
      std::vector<double> values;
      for (const std::string& text : r.list(column)) values.push_back(test::double_of(text));
      return values;
    };
    const std::vector<double> w = doubles("w"), reference = doubles("p0"), u = doubles("p");
    instrument::weighted_pool_share pool{.reference_value = test::double_of(r.text("V0")), .assets = u.size()};
    std::copy(w.begin(), w.end(), pool.weights.begin());
    std::copy(reference.begin(), reference.end(), pool.reference_prices.begin());
    ASSERT_EQ(pool.validate(), errc::ok);
    const auto here = pool.at<double>(u);
    long double worst = 0.0L;
    const auto check = [&](const char* what, double got, const std::string& text) {
      const long double expected = number_of(text), error = std::fabs(got - expected) / std::fabs(expected);
      EXPECT_LE(error, 8.0L * eps) << what << ": " << got << ", expected " << expected;
      EXPECT_EQ(got < 0.0, expected < 0.0L) << what;
      worst = std::max(worst, error);
    };
    check("value", here.value, r.text("value"));
    const auto delta = r.list("delta"), gamma = r.list("gamma");
    for (std::size_t i = 0; i < u.size(); ++i) {
      check("delta", here.gradient[i], delta[i]);
      for (std::size_t j = 0; j < u.size(); ++j) check("gamma", here.gamma(i, j), gamma[i * u.size() + j]);
    }
    // The loss is a small difference: measured next to the logarithms it is made of.
    double logs = 1.0;
    for (std::size_t i = 0; i < u.size(); ++i) logs += w[i] * std::fabs(std::log(u[i] / reference[i]));
    EXPECT_LE(std::fabs(pool.impermanent_loss(u) - number_of(r.text("il"))), 8.0L * eps * logs);
    file.count(worst);
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
}

}  // namespace
}  // namespace trimtab
