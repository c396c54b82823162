# SPDX-License-Identifier: MIT
# Written from Conan 2's documentation; never run by us (see docs/contributing.md).
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import load


class Trimtab(ConanFile):
    name = "trimtab"
    description = "Decision arithmetic for collateral rebalancing"
    license = "MIT"
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"xsimd": [True, False], "autodiff": [True, False], "eigen": [True, False]}
    default_options = {"xsimd": False, "autodiff": False, "eigen": False}
    exports_sources = "CMakeLists.txt", "cmake/*", "include/*", "LICENSE"
    no_copy_source = True

    def set_version(self):
        text = load(self, f"{self.recipe_folder}/include/trimtab/version.hpp")
        self.version = ".".join(re.findall(r"#define TRIMTAB_VERSION_\w+ (\d+)", text))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        if self.options.xsimd:
            self.requires("xsimd/13.0.0")
        if self.options.autodiff:
            self.requires("boost/1.84.0", options={"header_only": True})
        if self.options.eigen:
            self.requires("eigen/3.4.0")

    def build_requirements(self):
        self.test_requires("gtest/1.14.0")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for switch in ("TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.cache_variables[f"TRIMTAB_{switch}"] = False
        toolchain.generate()

    def package_id(self):
        self.info.clear()

    def package(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.install()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_target_name", "trimtab::trimtab")
