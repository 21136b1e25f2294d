# Compiler and linker flags, with the reason where it is not plain. Presets choose among them through
# the CNIS_* options; a build without a preset has the warnings but no -Werror.
include(CheckCCompilerFlag)
include(CheckPIESupported)

option(CNIS_WERROR "warnings are errors" OFF)
option(CNIS_HARDEN "what a compiler can do against exploitation" OFF)
option(CNIS_COVERAGE "count lines that ran" OFF)
option(CNIS_ANALYSE "gcc's own analyser" OFF)
option(CNIS_FUZZ "libFuzzer targets instead of corpus replays" OFF)
option(CNIS_GUARDED "also build cnis-guards and cnis-custodian-guards (base/guard.h)" OFF)
set(CNIS_SANITIZE "" CACHE STRING "sanitisers, as for -fsanitize=")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g") # without -DNDEBUG: asserts stay

check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(_DEFAULT_SOURCE)
add_link_options(LINKER:--as-needed)

# Warnings for the product. Tests have fewer: Criterion's macros are not ours to mend.
set(PRODUCT_WARNINGS
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wenum-conversion -Wcast-qual
  -Wcast-align -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wpointer-arith -Wundef -Wformat=2 -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
  -Wdouble-promotion -Wfloat-equal -Wvla -Walloca -Wredundant-decls -Wnested-externs -Wdate-time
  -Wunused-macros)
set(TEST_WARNINGS -Wall -Wextra -Wstrict-prototypes -Wformat=2 -Wvla)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  # format-truncation at level 1: level 2 warns even where the result of snprintf is looked at.
  list(APPEND PRODUCT_WARNINGS
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wformat-signedness -Wformat-truncation=1
    -Wformat-overflow=2 -Wstringop-overflow=4 -Warith-conversion -Wjump-misses-init -Wbidi-chars=any
    -Wstack-usage=16384)
else()
  list(APPEND PRODUCT_WARNINGS
    -Wconditional-uninitialized -Wcomma -Wassign-enum -Wshorten-64-to-32 -Wreserved-identifier
    -Wunreachable-code)
endif()
if(CNIS_WERROR)
  list(APPEND PRODUCT_WARNINGS -Werror)
  list(APPEND TEST_WARNINGS -Werror)
endif()

if(CNIS_HARDEN)
  add_compile_options(
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
    -fno-delete-null-pointer-checks)
  # Not every compiler or processor has these.
  # Not -ftrivial-auto-var-init: gcc 12.2 then clears bytes of members that are copied in an
  # initialiser, without a word (docs/adr/0012-no-automatic-initialisation.md).
  foreach(flag -fcf-protection=full -fzero-call-used-regs=used-gpr)
    string(MAKE_C_IDENTIFIER "HAS${flag}" has)
    check_c_compiler_flag("-Werror ${flag}" ${has})
    if(${has})
      add_compile_options(${flag})
    endif()
  endforeach()
  add_link_options(LINKER:-z,relro,-z,now,-z,noexecstack,-z,separate-code)
endif()

if(CNIS_SANITIZE)
  add_compile_options(
    -fsanitize=${CNIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CNIS_SANITIZE})
endif()

if(CNIS_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(CNIS_ANALYSE)
  list(APPEND PRODUCT_WARNINGS -fanalyzer)
endif()
