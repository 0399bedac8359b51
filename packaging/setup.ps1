# Sets the project up in .venv on Windows: the locked, hash-checked Python packages, then the project itself.
#
#   powershell -ExecutionPolicy Bypass -File packaging\setup.ps1
#
# Needs 64-bit Python 3.11, 3.12 or 3.13. Windows brings its own Chinese fonts and window system, so there are no
# system packages. The twin of packaging/setup.sh; like it, it can be run again at any time.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$venv = '.venv'
$python = Join-Path $venv 'Scripts\python.exe'
$stamp = Join-Path $venv '.onemap-set-up'
$unfinished = Join-Path $venv '.onemap-unfinished'

function Invoke-Checked([string]$Program, [string[]]$Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "setup: '$Program $Arguments' failed ($LASTEXITCODE)" }
}

$inputs = 'packaging\requirements.lock', 'pyproject.toml', 'packaging\setup.ps1'
$wanted = (Get-Location).Path + (($inputs | ForEach-Object { (Get-FileHash $_ -Algorithm SHA256).Hash }) -join '')
if ((Test-Path $stamp) -and (Test-Path $python) -and ((Get-Content $stamp -Raw).Trim() -eq $wanted)) { exit 0 }

if ((Test-Path $unfinished) -or -not (Test-Path $python)) {
    if (Test-Path $venv) { Remove-Item $venv -Recurse -Force }
    $found = '3.11', '3.12', '3.13' | Where-Object { & py "-$_" -c '' 2>$null; $LASTEXITCODE -eq 0 } | Select-Object -First 1
    if (-not $found) { throw 'setup: needs Python 3.11, 3.12 or 3.13 with the py launcher' }
    Invoke-Checked 'py' @("-$found", '-m', 'venv', $venv)
}
if (Test-Path $stamp) { Remove-Item $stamp }
New-Item $unfinished -ItemType File -Force | Out-Null
Invoke-Checked $python @('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', 'packaging\requirements.lock')
Invoke-Checked $python @('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-build-isolation', '--editable', '.')
Remove-Item $unfinished
Set-Content $stamp $wanted
Write-Output "setup: done: programs are in $venv\Scripts (start with: $venv\Scripts\onemap.exe demo)"
