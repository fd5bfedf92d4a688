process.stderr.write('npm start is not there yet: this file will bring up a local chain and the vault on it.\n');
process.exitCode = 1;
