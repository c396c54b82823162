// SPDX-License-Identifier: MIT
// Cumulants of quadratic forms, Cornish–Fisher quantiles and shortfalls against 40-digit references.
#include <gtest/gtest.h>

#include <trimtab/sensitivity/cornish_fisher.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using test::number_of;
using test::row;

std::vector<double> doubles(const row& r, const char* column) {
  std::vector<double> values;
  for (const std::string& text : r.list(column)) values.push_back(test::double_of(text));
  return values;
}

TEST(QuadraticFormVectors, AgreeWithFortyDigitReferences) {
  test::vector_file file("math/delta_gamma.csv");
  long double worst_cumulant = 0.0L, worst_quantile = 0.0L;
  std::size_t monotone = 0;
  for (const row& r : file.rows()) {
    const std::vector<double> delta = doubles(r, "delta"), gamma = doubles(r, "gamma"), cov = doubles(r, "cov");
    const double theta = test::double_of(r.text("theta")), alpha = test::double_of(r.text("alpha"));
    const auto made = sensitivity::make_quadratic_form(theta, delta, gamma, cov);
    ASSERT_TRUE(made.has_value()) << name(made.error());
    const sensitivity::quadratic_form& y = *made;

    // The scale of κᵣ: its own formula with Σ|λ| for every λ and |d| for d.
    long double bends = 0.0L, leans = 0.0L, error = 0.0L;
    for (std::size_t j = 0; j < y.size; ++j) bends += std::fabs(y.curvature[j]), leans += y.slope[j] * y.slope[j];
    const char* const columns[] = {"mean", "var", "k3", "k4"};
    for (int order = 1; order <= 4; ++order) {
      const long double factorial = std::tgamma(static_cast<long double>(order));
      const long double scale =
          order == 1 ? std::fabs(static_cast<long double>(theta)) + 0.5L * bends
                     : 0.5L * factorial * (std::pow(bends, order) + order * leans * std::pow(bends, order - 2));
      const long double expected = number_of(r.text(columns[order - 1]));
      const long double gap = std::fabs(y.cumulant(order) - expected);
      if (gap == 0.0L) continue;
      EXPECT_LE(gap, 1e-13L * scale) << columns[order - 1];
      error = std::max(error, gap / scale);
    }
    worst_cumulant = std::max(worst_cumulant, error);
    const long double deviation = std::sqrt(number_of(r.text("var")));
    // Skewness and kurtosis are without a unit; the bar is that of their cumulants.
    const long double var = deviation * deviation;
    EXPECT_LE(std::fabs(y.skewness() - number_of(r.text("skew"))),
              1e-13L * (4.0L + 1.0L * (std::pow(bends, 3) + 3.0L * leans * bends) / (var * deviation)));
    EXPECT_LE(std::fabs(y.excess_kurtosis() - number_of(r.text("exkurt"))),
              1e-13L * (16.0L + 3.0L * (std::pow(bends, 4) + 4.0L * leans * bends * bends) / (var * var)));

    const sensitivity::four_moments m{y.mean(), y.variance(), y.skewness(), y.excess_kurtosis()};
    const sensitivity::four_moments normal{y.mean(), y.variance(), 0.0, 0.0};
    const auto check = [&](const char* column, double got) {
      const long double gap = std::fabs(got - number_of(r.text(column))) / deviation;
      EXPECT_LE(gap, 1e-12L) << column;
      worst_quantile = std::max(worst_quantile, gap);
    };
    EXPECT_LE(std::fabs(trimtab::normal_quantile(alpha) - number_of(r.text("z_alpha"))), 1e-15L * 4.0L);
    check("q_normal", sensitivity::raw_cornish_fisher_quantile(normal, alpha));
    check("q_cf", sensitivity::raw_cornish_fisher_quantile(m, alpha));
    check("es_normal", sensitivity::raw_cornish_fisher_shortfall(normal, alpha));
    check("es_cf", sensitivity::raw_cornish_fisher_shortfall(m, alpha));
    const bool rises = r.flag("cf_monotone");
    EXPECT_EQ(sensitivity::cornish_fisher_is_monotone(m.skewness, m.excess_kurtosis), rises);
    const auto q = sensitivity::cornish_fisher_quantile(m, alpha), es = sensitivity::cornish_fisher_shortfall(m, alpha);
    EXPECT_EQ(q.error(), rises ? errc::ok : errc::outside_validity);
    EXPECT_EQ(es.error(), rises ? errc::ok : errc::outside_validity);
    monotone += rises ? 1 : 0;
    file.count(error);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  EXPECT_GT(monotone, 0U);
  EXPECT_LT(monotone, file.rows().size());
  std::printf(
      "cumulants: worst %.2Lg of scale; quantiles and shortfalls: worst %.2Lg standard deviations; %zu monotone\n",
      worst_cumulant, worst_quantile, monotone);
  file.report();
}

}  // namespace
}  // namespace trimtab
