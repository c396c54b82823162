// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/cornish_fisher.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>

#include "support/vectors.hpp"
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::cornish_fisher;

std::vector<double> doubles(const test::row& r, const char* column) {
  std::vector<double> out;
  for (const std::string& field : r.list(column)) out.push_back(test::double_of(field));
  return out;
}

// Σ|terms| of a cumulant: what rounding is measured against. Never above the (Σ|λ|)^r of the acceptance where δ = 0.
long double scale(const sensitivity::quadratic_form& form, int r) {
  long double sum = r == 1 ? std::fabs(form.constant) : 0.0L, factorial = 1.0L;
  for (int k = 2; k < r; ++k) factorial *= k;
  for (std::size_t j = 0; j < form.size; ++j) {
    const long double bend = std::fabs(form.curvature[j]), square = form.slope[j] * form.slope[j];
    sum += 0.5L * factorial * std::pow(bend, r);
    if (r >= 2) sum += 0.5L * factorial * r * square * std::pow(bend, r - 2);
  }
  return sum;
}

TEST(QuadraticFormVectors, EveryColumnOfEveryRow) {
  test::vector_file file("math/delta_gamma.csv");
  long double cumulants = 0.0L, shapes = 0.0L, normals = 0.0L, quantiles = 0.0L, shortfalls = 0.0L;
  std::size_t monotone = 0;
  for (const test::row& r : file.rows()) {
    const double probability = test::double_of(r.text("alpha"));
    const auto delta = doubles(r, "delta"), gamma = doubles(r, "gamma"), covariance = doubles(r, "cov");
    const auto form = sensitivity::make_quadratic_form(test::double_of(r.text("theta")), delta, gamma, covariance);
    ASSERT_TRUE(form.has_value()) << name(form.error());
    long double worst = 0.0L;
    const auto within = [&](long double& worst_of_kind, double value, const char* column, long double unit,
                            long double bar) {
      const long double gap = std::fabs(value - test::number_of(r.text(column)));
      const long double error = gap == 0.0L ? 0.0L : gap / unit;  // a linear form has no third cumulant, nor a scale
      EXPECT_LE(error, bar) << column << " of row " << file.checked();
      if (!(error <= worst_of_kind)) worst_of_kind = error;
      if (!(error <= worst)) worst = error;
    };
    const double mean = form->mean(), deviation = std::sqrt(form->variance());
    within(cumulants, mean, "mean", scale(*form, 1), 1e-13L);
    within(cumulants, form->variance(), "var", scale(*form, 2), 1e-13L);
    within(cumulants, form->cumulant(3), "k3", scale(*form, 3), 1e-13L);
    within(cumulants, form->cumulant(4), "k4", scale(*form, 4), 1e-13L);
    within(shapes, form->skewness(), "skew", scale(*form, 3) / std::pow(deviation, 3), 1e-13L);
    within(shapes, form->excess_kurtosis(), "exkurt", scale(*form, 4) / std::pow(deviation, 4), 1e-13L);

    const cornish_fisher standard{}, normal{.mean = mean, .deviation = deviation};
    const cornish_fisher bent{mean, deviation, form->skewness(), form->excess_kurtosis()};
    within(normals, standard.unchecked_quantile(probability), "z_alpha", 1.0L, 1e-14L);
    within(normals, normal.unchecked_quantile(probability), "q_normal", deviation, 1e-13L);
    within(normals, normal.unchecked_shortfall(probability), "es_normal", deviation, 1e-13L);
    within(quantiles, bent.unchecked_quantile(probability), "q_cf", deviation, 1e-12L);
    within(shortfalls, bent.unchecked_shortfall(probability), "es_cf", deviation, 1e-12L);

    EXPECT_EQ(bent.monotone(), r.flag("cf_monotone")) << "row " << file.checked();
    EXPECT_EQ(bent.quantile(probability).has_value(), r.flag("cf_monotone"));
    EXPECT_EQ(bent.expected_shortfall(probability).has_value(), r.flag("cf_monotone"));
    monotone += bent.monotone() ? 1U : 0U;
    file.count(worst);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  EXPECT_EQ(file.checked(), 64U);
  file.report();
  std::printf(
      "  worst: cumulants %.2Lg and skewness, kurtosis %.2Lg of the sum of |terms|; normal %.2Lg, Cornish-Fisher "
      "quantile %.2Lg, shortfall %.2Lg of a standard deviation; %zu monotone\n",
      cumulants, shapes, normals, quantiles, shortfalls, monotone);
}

}  // namespace
}  // namespace trimtab
